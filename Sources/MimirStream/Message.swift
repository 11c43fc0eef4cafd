import CZmq
import Glibc
import MimirBase

/// A received message; its frames stay where libzmq has put them until the next one is received.
struct Message: ~Copyable {
  /// Frames past this many are received and thrown away.
  static let mostFrames = 8

  private let frames: UnsafeMutablePointer<zmq_msg_t>
  /// How many it has, also of those that were thrown away.
  private(set) var count = 0

  init() {
    frames = .allocate(capacity: Self.mostFrames)
    for index in 0..<Self.mostFrames { zmq_msg_init(frames + index) }
  }

  deinit {
    for index in 0..<Self.mostFrames { zmq_msg_close(frames + index) }
    frames.deallocate()
  }

  /// Empty past the last frame.
  subscript(index: Int) -> UnsafeRawBufferPointer {
    guard index < min(count, Self.mostFrames) else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return UnsafeRawBufferPointer(
      start: zmq_msg_data(frames + index), count: zmq_msg_size(frames + index))
  }

  /// The system's number of the connection that a frame came by; -1 when libzmq does not tell.
  func descriptor(of index: Int) -> Int32 {
    guard index < min(count, Self.mostFrames) else { return -1 }
    return zmq_msg_get(frames + index, ZMQ_SRCFD)
  }

  /// Takes the next message without waiting. False when there is none.
  mutating func receive(from socket: borrowing Socket) -> Bool { receive(raw: socket.raw) }

  mutating func receive(raw socket: UnsafeMutableRawPointer) -> Bool {
    count = 0
    while true {
      let frame = frames + min(count, Self.mostFrames - 1)
      // Frees what it held.
      guard zmq_msg_recv(frame, socket, ZMQ_DONTWAIT) >= 0 else {
        if zmq_errno() == EINTR { continue }
        return false
      }
      count += 1
      if zmq_msg_more(frame) == 0 { return true }
    }
  }
}
