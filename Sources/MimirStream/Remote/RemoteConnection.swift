import CZmq
import MimirBase
import Synchronization

/// Where a log server is, and how it is connected to.
final class RemoteEndpoint: Sendable {
  let context: StreamContext
  /// `HOST:PORT`, or `ipc://PATH`.
  let name: String
  let version: String
  let address: Endpoints
  private let port: Int
  let keys: ClientKeys?
  private let connections = Atomic<Int>(0)

  init(_ options: RemoteClient.Options) throws(MimirError) {
    address = try Endpoints(options.host)
    guard (1...65_535).contains(options.port) || address.isIPC else {
      throw MimirError(.invalidArgument, "port is \(options.port); it must be 1 to 65535")
    }
    try address.checkHost()
    port = options.port
    name = address.isIPC ? options.host : "\(options.host):\(options.port)"
    version = options.version
    keys = try ClientKeys(keyFile: options.keyFile, serverKey: options.serverKey)
    context = try StreamContext()
  }

  var url: String { address.connectEndpoint(port: port, isRouter: false) }

  func nextNumber() -> Int { connections.add(1, ordering: .relaxed).newValue }
}

/// A DEALER, and what tells of its connection. Used by one thread.
final class RemoteConnection {
  enum Event {
    case connected
    case disconnected
    /// Nothing answers there; it is tried again.
    case unreachable
    case refused
  }

  private static let largestAnswer: Int64 = 1 << 20
  private let dealer: Socket
  private let monitor: Socket

  init(_ endpoint: RemoteEndpoint) throws(MimirError) {
    let dealer = try Socket(ZMQ_DEALER, in: endpoint.context, linger: 0)
    dealer.prepareToConnect(endpoint.address, largestMessage: Self.largestAnswer)
    // Bounded by the window instead.
    dealer.set(ZMQ_SNDHWM, 0)
    try endpoint.keys?.apply(to: dealer)
    monitor = try dealer.monitor(
      ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CONNECT_RETRIED
        | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, "remote-\(endpoint.nextNumber())", in: endpoint.context)
    self.dealer = consume dealer
    try self.dealer.connect(endpoint.url)
  }

  deinit { dealer.endMonitoring() }

  func add(to poller: inout Poller) {
    poller.add(dealer)
    poller.add(monitor)
  }

  func takeEvent(into message: inout Message) -> Event? {
    while message.receive(from: monitor) {
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

  func receive(into message: inout Message) -> Bool { message.receive(from: dealer) }

  func send(_ head: String, _ body: UnsafeRawBufferPointer) {
    if dealer.send(head, more: true) == 0 { dealer.send(body, more: false) }
  }

  func send(_ head: String, _ body: String) {
    var body = body
    body.withUTF8 { send(head, UnsafeRawBufferPointer($0)) }
  }
}
