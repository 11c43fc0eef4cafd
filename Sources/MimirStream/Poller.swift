import CZmq
import Glibc

/// Waits until one of some sockets, or a file descriptor, has something.
struct Poller {
  private var items: [zmq_pollitem_t] = []

  mutating func add(_ socket: borrowing Socket) { add(raw: socket.raw) }

  mutating func add(raw socket: UnsafeMutableRawPointer) {
    items.append(
      zmq_pollitem_t(socket: socket, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0))
  }

  /// A socket that is never read: so that it takes note of its subscribers at once, and not when
  /// the next message is sent, which would miss them.
  mutating func add(sending socket: borrowing Socket) {
    items.append(
      zmq_pollitem_t(socket: socket.raw, fd: 0, events: Int16(ZMQ_POLLERR), revents: 0))
  }

  mutating func add(descriptor: Int32) {
    items.append(
      zmq_pollitem_t(socket: nil, fd: descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
  }

  /// `timeout` in milliseconds, -1: for ever. Errors show at the sockets.
  mutating func wait(_ timeout: Int) {
    _ = zmq_poll(&items, Int32(items.count), timeout)
  }
}
