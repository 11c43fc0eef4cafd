import CZmq
import MimirBase
import MimirIO

/// The socket for requests. It is replaced by a new one when clients send more than can be taken.
///
/// libzmq may keep any number of requests: with a limit it stops reading from the client that reaches
/// it, and a client that then pings and breaks its connection fails an assertion of libzmq's, which
/// ends the process (zeromq/libzmq#4364).
final class RouterSocket {
  /// Requests taken without having seen the end of them. Honest clients, which wait for an answer
  /// before they ask again, never come near it, however many they are.
  private static let flood = 50_000
  /// Milliseconds in which libzmq has given the address back. So few that no client takes it for gone.
  private static let pause = 50
  private static let largestRequest: Int64 = 8192

  /// As it is bound, with the port that was picked.
  let endpoint: String
  private let make: () throws(MimirError) -> Socket
  private var socket: Socket?
  private var backlog = 0
  private var closedAt = 0
  /// It is another one since the last look.
  private var isNew = true

  /// Binds what `make` makes, now and after each flood.
  init(
    boundTo endpoint: String, make: @escaping () throws(MimirError) -> Socket
  ) throws(MimirError) {
    let socket = try make()
    self.endpoint = try socket.bind(endpoint)
    self.make = make
    self.socket = consume socket
  }

  /// Bounded by bytes by its users: with a mark, it would drop without a word.
  static func prepare(_ router: borrowing Socket) {
    router.set(ZMQ_SNDHWM, 0)
    router.set(ZMQ_ROUTER_MANDATORY, 1)
    router.set(ZMQ_ROUTER_HANDOVER, 1)
  }

  /// Whether it has to be polled anew.
  func takeNews() -> Bool {
    defer { isNew = false }
    return isNew
  }

  func add(to poller: inout Poller) {
    if let raw { poller.add(raw: raw) }
  }

  var isOpen: Bool { raw != nil }

  private var raw: UnsafeMutableRawPointer? {
    switch socket {
    case .none: nil
    case .some(let socket): socket.raw
    }
  }

  /// The next request, if there is one.
  func receive(into message: inout Message) -> Bool {
    guard let raw, message.receive(raw: raw) else {
      backlog = 0
      return false
    }
    backlog += 1
    return true
  }

  /// Closes it when there is no end of requests, which libzmq then forgets. Returns whether it did.
  func endFlood() -> Bool {
    guard backlog > Self.flood else { return false }
    forget()
    return true
  }

  /// Closes it for a moment, and with it all that libzmq holds for it.
  func forget() {
    socket = nil
    backlog = 0
    closedAt = Clock.milliseconds()
    isNew = true
  }

  /// Tries to open it again, if it is closed.
  func reopen() {
    guard !isOpen, Clock.milliseconds() - closedAt >= Self.pause else { return }
    closedAt = Clock.milliseconds()
    do throws(MimirError) {
      let fresh = try make()
      _ = try fresh.bind(endpoint)
      socket = consume fresh
      isNew = true
    } catch {
      // The address is not free yet: tried again after another pause.
    }
  }

  /// These return 0 or an error number.
  func send(_ bytes: UnsafeRawBufferPointer, more: Bool) -> Int32 {
    switch socket {
    case .none: EHOSTUNREACH
    case .some(let socket): socket.send(bytes, more: more)
    }
  }

  @discardableResult
  func send(_ text: String, more: Bool = false) -> Int32 {
    var text = text
    return text.withUTF8 { send(UnsafeRawBufferPointer($0), more: more) }
  }

  func send(_ bytes: UnsafeRawBufferPointer, more: Bool, countingAt gauge: Gauge) -> Int32 {
    switch socket {
    case .none: EHOSTUNREACH
    case .some(let socket): socket.send(bytes, more: more, countingAt: gauge)
    }
  }
}
