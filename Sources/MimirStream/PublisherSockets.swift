import CZmq
import MimirBase

/// Opens and binds what a publisher needs; errors are told to whoever opens it.
struct PublisherSockets: ~Copyable {
  /// Messages that may wait for one viewer. libzmq needs 128 bytes of each viewer's queue for one, and
  /// that is not among the bytes that are bounded for all viewers together: 2.5 MiB a viewer.
  private static let highWater: Int32 = 20_000
  private static let largestRequest: Int64 = 8192

  let pushPort: Int
  let routerPort: Int
  private let pub: Socket
  private let router: Socket?
  private let gate: Gate?

  init(_ options: Publisher.Options) throws(MimirError) {
    let endpoints = try Endpoints(options.bind)
    for (name, port) in [("push_port", options.pushPort), ("router_port", options.routerPort)]
    where !(0...65_535).contains(port) {
      throw MimirError(.invalidArgument, "\(name) is \(port); it must be 0 to 65535")
    }
    guard endpoints.isLoopback || options.keyFile != nil || options.insecure else {
      throw MimirError(
        .invalidArgument,
        "bind is \(options.bind), which others can reach, and there are no keys: "
          + "give a key file and authorized keys, or allow it with insecure")
    }
    let context = try StreamContext()
    let keys = try PublisherKeys(options)
    // Asked by the sockets, so bound before them.
    let gate = try keys.map { keys throws(MimirError) in try Gate(keys.authorized, in: context) }
    let pub = try Self.makePub(options, keys, in: context)
    let push = try pub.bind(endpoints.bindEndpoint(port: options.pushPort, isRouter: false))
    var router: Socket?
    var answers = ""
    if options.maxlen > 0 {
      let socket = try Self.makeRouter(options, keys, in: context)
      answers = try socket.bind(endpoints.bindEndpoint(port: options.routerPort, isRouter: true))
      router = consume socket
    }
    self.gate = gate
    self.pub = pub
    self.router = router
    pushPort = Endpoints.port(of: push)
    routerPort = Endpoints.port(of: answers)
  }

  private static func makePub(
    _ options: Publisher.Options, _ keys: PublisherKeys?, in context: StreamContext
  ) throws(MimirError) -> Socket {
    let pub = try Socket(ZMQ_PUB, in: context, linger: Int32(clamping: options.linger))
    prepare(pub, try Endpoints(options.bind))
    pub.set(ZMQ_SNDHWM, highWater)
    try keys?.apply(to: pub)
    return pub
  }

  private static func makeRouter(
    _ options: Publisher.Options, _ keys: PublisherKeys?, in context: StreamContext
  ) throws(MimirError) -> Socket {
    let router = try Socket(ZMQ_ROUTER, in: context, linger: Int32(clamping: options.linger))
    prepare(router, try Endpoints(options.bind))
    // Bounded by bytes instead (see Service): with a mark, it would drop without a word.
    router.set(ZMQ_SNDHWM, 0)
    router.set(ZMQ_ROUTER_MANDATORY, 1)
    router.set(ZMQ_ROUTER_HANDOVER, 1)
    try keys?.apply(to: router)
    return router
  }

  private static func prepare(_ socket: borrowing Socket, _ endpoints: Endpoints) {
    socket.set(ZMQ_MAXMSGSIZE, size: largestRequest)
    socket.set(ZMQ_BACKLOG, 1024)
    // A viewer that has stopped is given up, and what waits for it freed.
    socket.giveUpDeadPeers()
    if endpoints.isIPv6 { socket.set(ZMQ_IPV6, 1) }
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

/// A publisher's key pair and whom it admits.
private struct PublisherKeys {
  let secret: [UInt8]
  let authorized: AuthorizedKeys

  /// nil when neither is given.
  init?(_ options: Publisher.Options) throws(MimirError) {
    switch (options.keyFile, options.authorizedKeys) {
    case (nil, nil): return nil
    case (let file?, let folder?):
      let key = try KeyFile.pair(file)
      secret = key.secretKey.flatMap(KeyFile.binary) ?? []
      authorized = try AuthorizedKeys(folder)
    default:
      throw MimirError(
        .invalidArgument, "a key file and a folder of authorized keys go together; give both")
    }
  }

  func apply(to socket: borrowing Socket) throws(MimirError) {
    socket.set(ZMQ_CURVE_SERVER, 1)
    try socket.set(ZMQ_CURVE_SECRETKEY, text: secret, "cannot use the key file")
    try socket.set(ZMQ_ZAP_DOMAIN, text: Gate.domain, "cannot set the ZAP domain")
  }
}
