import CZmq
import Glibc
import MimirBase
import MimirIO

/// A libzmq socket. It belongs to one thread at a time, and is closed when it goes out of scope; what
/// it has not sent yet gets `linger` milliseconds, because libzmq's default would wait for ever.
struct Socket: ~Copyable {
  let raw: UnsafeMutableRawPointer
  private let context: StreamContext

  init(_ type: Int32, in context: StreamContext, linger: Int32) throws(MimirError) {
    guard let raw = zmq_socket(context.raw, type) else {
      throw .zmq(zmq_errno(), "cannot make a ZeroMQ socket")
    }
    self.raw = raw
    self.context = context
    set(ZMQ_LINGER, linger)
  }

  deinit {
    guard context.generation == OpenFiles.generation else { return }
    zmq_close(raw)
  }

  /// Options that can't fail: known to every libzmq since 4.2, and with valid values.
  func set(_ option: Int32, _ value: Int32) {
    var value = value
    zmq_setsockopt(raw, option, &value, MemoryLayout<Int32>.size)
  }

  func set(_ option: Int32, size: Int64) {
    var size = size
    zmq_setsockopt(raw, option, &size, MemoryLayout<Int64>.size)
  }

  func set(_ option: Int32, text: [UInt8], _ what: String) throws(MimirError) {
    guard text.withUnsafeBytes({ zmq_setsockopt(raw, option, $0.baseAddress, $0.count) }) == 0
    else {
      throw .zmq(zmq_errno(), what)
    }
  }

  /// Ends connections whose other side has taken nothing, or said nothing, for 30 s. The kernel does it:
  /// libzmq's own heartbeats end the process by an assertion when one is due on a connection that was
  /// lost while its queue was full.
  func giveUpDeadPeers() {
    set(ZMQ_TCP_MAXRT, 30_000)
    set(ZMQ_TCP_KEEPALIVE, 1)
    set(ZMQ_TCP_KEEPALIVE_IDLE, 10)
    set(ZMQ_TCP_KEEPALIVE_INTVL, 5)
    set(ZMQ_TCP_KEEPALIVE_CNT, 4)
  }

  /// What every socket that strangers connect to needs.
  func serve(_ endpoints: Endpoints, largestMessage: Int64) {
    set(ZMQ_MAXMSGSIZE, size: largestMessage)
    // Never stops reading: see RouterSocket. PUB takes subscriptions as quickly as they can come.
    set(ZMQ_RCVHWM, 0)
    set(ZMQ_BACKLOG, 1024)
    // A viewer that has stopped is given up, and what waits for it freed.
    giveUpDeadPeers()
    if endpoints.isIPv6 { set(ZMQ_IPV6, 1) }
  }

  /// Returns the endpoint it is bound to, with the port that was picked.
  func bind(_ endpoint: String) throws(MimirError) -> String {
    guard zmq_bind(raw, endpoint) == 0 else {
      throw .zmq(zmq_errno(), "cannot bind to \(endpoint)")
    }
    var name = [CChar](repeating: 0, count: 1024)
    var size = name.count
    guard zmq_getsockopt(raw, ZMQ_LAST_ENDPOINT, &name, &size) == 0 else { return endpoint }
    return name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? endpoint }
  }

  func connect(_ endpoint: String) throws(MimirError) {
    guard zmq_connect(raw, endpoint) == 0 else {
      throw .zmq(zmq_errno(), "cannot connect to \(endpoint)")
    }
  }

  /// Before a socket that is watched is closed: libzmq's thread would wait for ever to tell a monitor
  /// that is gone, and no connection of the context go on.
  func endMonitoring() {
    guard context.generation == OpenFiles.generation else { return }
    zmq_socket_monitor(raw, nil, 0)
  }

  /// Takes note of what has happened to the connections. Sending does that too, but not each time: a
  /// subscriber that has just come would miss what is sent to it.
  func refresh() {
    var events: Int32 = 0
    var size = MemoryLayout<Int32>.size
    zmq_getsockopt(raw, ZMQ_EVENTS, &events, &size)
  }

  /// Returns 0 or an error number. A call that a signal interrupts is repeated.
  @discardableResult
  func send(_ bytes: UnsafeRawBufferPointer, more: Bool) -> Int32 {
    let flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)
    while true {
      if zmq_send(raw, bytes.baseAddress, bytes.count, flags) >= 0 { return 0 }
      let error = zmq_errno()
      if error != EINTR { return error }
    }
  }

  @discardableResult
  func send(_ text: String, more: Bool = false) -> Int32 {
    var text = text
    return text.withUTF8 { send(UnsafeRawBufferPointer($0), more: more) }
  }

  /// Sends a copy whose bytes count at `gauge` until libzmq has done with them.
  func send(_ bytes: UnsafeRawBufferPointer, more: Bool, countingAt gauge: Gauge) -> Int32 {
    let flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)
    while true {
      let error = mimir_gauged_send(raw, gauge.raw, bytes.baseAddress, bytes.count, flags)
      if error != EINTR { return error }
    }
  }
}

/// Counts the bytes that libzmq holds of the messages sent with it.
final class Gauge {
  let raw: UnsafeMutablePointer<mimir_gauge>

  init() throws(MimirError) {
    guard let raw = mimir_gauge_make() else { throw MimirError(.outOfMemory, "no memory") }
    self.raw = raw
  }

  deinit { mimir_gauge_release(raw) }

  var bytes: Int { mimir_gauge_bytes(raw) }
}
