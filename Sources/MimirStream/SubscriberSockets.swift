import CZmq
import Glibc
import MimirBase

/// A subscriber's sockets. Used by one thread at a time.
final class SubscriberSockets {
  enum Event {
    case connected
    case disconnected
    /// Nothing answers there; it is tried again.
    case unreachable
    case refused
  }

  private static let highWater: Int32 = 50_000
  private static let largestFrame: Int64 = 1 << 30

  private let context: StreamContext
  private let endpoints: Endpoints
  private let keys: ClientKeys?
  private(set) var sub: Socket
  private var renewals = 0
  private var monitor: Socket
  /// For what is asked; nil without ROUTER.
  private var questions: Questions?
  private var message = Message()
  private var poller = Poller()
  private var othersPoller = Poller()
  private let subEndpoint: String
  private let dealerEndpoint: String

  init(_ options: Subscriber.Options) throws(MimirError) {
    let endpoints = try Endpoints(options.host)
    guard (1...65_535).contains(options.pushPort) || endpoints.isIPC else {
      throw MimirError(
        .invalidArgument, "push_port is \(options.pushPort); it must be 1 to 65535")
    }
    guard (0...65_535).contains(options.routerPort) else {
      throw MimirError(
        .invalidArgument,
        "router_port is \(options.routerPort); it must be 1 to 65535, or 0 for none")
    }
    try endpoints.checkHost()
    subEndpoint = endpoints.connectEndpoint(port: options.pushPort, isRouter: false)
    dealerEndpoint = endpoints.connectEndpoint(port: options.routerPort, isRouter: true)
    let keys = try ClientKeys(keyFile: options.keyFile, serverKey: options.serverKey)
    let context = try StreamContext()
    let sub = try Self.makeSub(endpoints, keys, in: context)
    let monitor = try Self.monitor(sub, "sub", in: context)
    if options.routerPort > 0 {
      let dealer = try Self.makeDealer(endpoints, keys, in: context)
      let monitor = try Self.monitor(dealer, "dealer", in: context)
      try dealer.connect(dealerEndpoint)
      questions = Questions(dealer: dealer, monitor: monitor)
    }
    try sub.connect(subEndpoint)
    self.context = context
    self.endpoints = endpoints
    self.keys = keys
    self.sub = sub
    self.monitor = monitor
    watch()
  }

  deinit {
    sub.endMonitoring()
    questions?.dealer.endMonitoring()
  }

  private func watch() {
    (poller, othersPoller) = (Poller(), Poller())
    poller.add(sub)
    for raw in [monitor.raw, questions?.dealer.raw, questions?.monitor.raw] {
      guard let raw else { continue }
      poller.add(raw: raw)
      othersPoller.add(raw: raw)
    }
  }

  private static func makeSub(
    _ endpoints: Endpoints, _ keys: ClientKeys?, in context: StreamContext
  ) throws(MimirError) -> Socket {
    let sub = try Socket(ZMQ_SUB, in: context, linger: 0)
    prepare(sub, endpoints)
    sub.set(ZMQ_RCVHWM, highWater)
    try keys?.apply(to: sub)
    try sub.set(ZMQ_SUBSCRIBE, text: [], "cannot subscribe")
    return sub
  }

  private static func makeDealer(
    _ endpoints: Endpoints, _ keys: ClientKeys?, in context: StreamContext
  ) throws(MimirError) -> Socket {
    let dealer = try Socket(ZMQ_DEALER, in: context, linger: 0)
    prepare(dealer, endpoints)
    // With more of them waiting here, they wait at the publisher.
    dealer.set(ZMQ_RCVHWM, 1000)
    try keys?.apply(to: dealer)
    try dealer.set(ZMQ_ROUTING_ID, text: routingID(), "cannot name the socket")
    return dealer
  }

  private static func prepare(_ socket: borrowing Socket, _ endpoints: Endpoints) {
    socket.prepareToConnect(endpoints, largestMessage: largestFrame)
  }

  private static func monitor(
    _ socket: borrowing Socket, _ name: String, in context: StreamContext
  ) throws(MimirError) -> Socket {
    try socket.monitor(
      ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CONNECT_RETRIED
        | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, name, in: context)
  }

  /// Says that this client knows MIMIR/1. See docs/protocol.md.
  private static func routingID() -> [UInt8] {
    var random = [UInt8](repeating: 0, count: 16)
    _ = getrandom(&random, random.count, 0)
    return Array(Request.prefix.utf8) + random
  }

  /// What has become of the connection to PUB since the last call.
  func takeEvent() -> Event? { takeEvent(monitor.raw) }

  /// And to ROUTER.
  func takeRouterEvent() -> Event? { (questions?.monitor.raw).flatMap { takeEvent($0) } }

  private func takeEvent(_ monitor: UnsafeMutableRawPointer) -> Event? {
    while message.receive(raw: monitor) {
      guard message[0].count >= 2 else { continue }
      switch Int32(message[0].loadUnaligned(as: UInt16.self)) {
      case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: return .connected
      case ZMQ_EVENT_DISCONNECTED: return .disconnected
      case ZMQ_EVENT_CONNECT_RETRIED: return .unreachable
      case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: return .refused
      default: continue
      }
    }
    return nil
  }

  /// Asks the ROUTER. What it can't be sent is asked again later.
  func ask(_ request: String) { questions?.dealer.send(request) }

  func receiveAnswer(into message: inout Message) -> Bool {
    guard let dealer = questions?.dealer.raw else { return false }
    return message.receive(raw: dealer)
  }

  /// `live`: also for live entries.
  func wait(milliseconds: Int, live: Bool) {
    if live { poller.wait(milliseconds) } else { othersPoller.wait(milliseconds) }
  }

  /// Whether there are live entries to be received.
  var hasLive: Bool {
    var events: Int32 = 0
    var size = MemoryLayout<Int32>.size
    return zmq_getsockopt(sub.raw, ZMQ_EVENTS, &events, &size) == 0 && events & ZMQ_POLLIN != 0
  }

  /// Connects anew; what was received on the old connection and not taken is gone. A new socket: one
  /// that is disconnected amid a message fails an assertion of libzmq's. False when there is none.
  func renewLive() -> Bool {
    renewals += 1
    do throws(MimirError) {
      let fresh = try Self.makeSub(endpoints, keys, in: context)
      let freshMonitor = try Self.monitor(fresh, "sub-\(renewals)", in: context)
      try fresh.connect(subEndpoint)
      sub.endMonitoring()
      sub = fresh
      monitor = freshMonitor
    } catch {
      return false
    }
    watch()
    return true
  }

  /// The same for questions, under a new name: to the publisher it is another client.
  func renewQuestions() -> Bool {
    guard questions != nil else { return false }
    renewals += 1
    do throws(MimirError) {
      let dealer = try Self.makeDealer(endpoints, keys, in: context)
      let monitor = try Self.monitor(dealer, "dealer-\(renewals)", in: context)
      try dealer.connect(dealerEndpoint)
      self.questions?.dealer.endMonitoring()
      questions = Questions(dealer: dealer, monitor: monitor)
    } catch {
      return false
    }
    watch()
    return true
  }
}

/// The socket for questions, and what tells of its connection.
private final class Questions {
  let dealer: Socket
  let monitor: Socket

  init(dealer: consuming Socket, monitor: consuming Socket) {
    self.dealer = dealer
    self.monitor = monitor
  }
}
