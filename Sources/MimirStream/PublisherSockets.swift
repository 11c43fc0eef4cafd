import CZmq
import MimirBase

/// Opens and binds what a publisher needs; errors are told to whoever opens it.
struct PublisherSockets: ~Copyable {
  /// Messages that may wait for one viewer. libzmq needs 128 bytes of each viewer's queue for one, and
  /// that is not among the bytes that are bounded for all viewers together: 2.5 MiB a viewer.
  private static let highWater: Int32 = 20_000
  /// A subscription, and what CURVE needs.
  private static let largestRequest: Int64 = 8192

  let pushPort: Int
  let routerPort: Int
  private let pub: Socket
  private let router: RouterSocket?
  private let gate: Gate?

  init(_ options: Publisher.Options) throws(MimirError) {
    let endpoints = try Endpoints(options.bind)
    for (name, port) in [("push_port", options.pushPort), ("router_port", options.routerPort)]
    where !(0...65_535).contains(port) {
      throw MimirError(.invalidArgument, "\(name) is \(port); it must be 0 to 65535")
    }
    try endpoints.requireKeys(options.keyFile, insecure: options.insecure)
    let context = try StreamContext()
    let keys = try ServerKeys(keyFile: options.keyFile, authorized: options.authorizedKeys)
    // Asked by the sockets, so bound before them.
    let gate = try keys.map { keys throws(MimirError) in try Gate(keys.authorized, in: context) }
    let pub = try Self.makePub(options, keys, in: context)
    let push = try pub.bind(endpoints.bindEndpoint(port: options.pushPort, isRouter: false))
    router =
      options.maxlen > 0
      ? try RouterSocket(
        boundTo: endpoints.bindEndpoint(port: options.routerPort, isRouter: true)
      ) { () throws(MimirError) in try Self.makeRouter(options, keys, in: context) }
      : nil
    self.gate = gate
    self.pub = pub
    pushPort = Endpoints.port(of: push)
    routerPort = router.map { Endpoints.port(of: $0.endpoint) } ?? 0
  }

  private static func makePub(
    _ options: Publisher.Options, _ keys: ServerKeys?, in context: StreamContext
  ) throws(MimirError) -> Socket {
    let pub = try Socket(ZMQ_PUB, in: context, linger: Int32(clamping: options.linger))
    pub.serve(try Endpoints(options.bind), largestMessage: largestRequest)
    pub.set(ZMQ_SNDHWM, highWater)
    try keys?.apply(to: pub)
    return pub
  }

  private static func makeRouter(
    _ options: Publisher.Options, _ keys: ServerKeys?, in context: StreamContext
  ) throws(MimirError) -> Socket {
    let router = try Socket(ZMQ_ROUTER, in: context, linger: Int32(clamping: options.linger))
    router.serve(try Endpoints(options.bind), largestMessage: largestRequest)
    RouterSocket.prepare(router)
    try keys?.apply(to: router)
    return router
  }

  consuming func makeLoop(
    _ options: Publisher.Options, run: String, inbox: Inbox, archive: (any EntryArchive)?,
    counters: PublisherCounters
  ) throws(MimirError) -> PublisherLoop {
    let thread = archive.map { ArchiveThread($0, ring: { inbox.ring() }) }
    var service: Service?
    if let router {
      service = Service(
        router, run: run, version: options.version, store: EntryStore(maxlen: options.maxlen),
        archive: thread)
    }
    return try PublisherLoop(
      inbox: inbox, pub: pub, service: service, gate: gate, archive: thread, counters: counters)
  }
}
