import CZmq
import Glibc
package import MimirBase
import MimirIO
import Synchronization

/// Takes the entries of many processes into one log. See docs/protocol.md.
package final class RemoteServer: Sendable {
  package struct Options: Sendable {
    /// The address to bind to, or `ipc://PATH`.
    package var bind = "127.0.0.1"
    /// 0: a free one.
    package var port = 5555
    /// Allows an address that others can reach, without keys.
    package var insecure = false
    package var keyFile: String?
    package var authorizedKeys: String?
    package var maxClients = 1024
    /// Milliseconds of silence after which a client has left.
    package var clientTimeout = 30_000
    package var maxEntryBytes = 64 << 20
    package var stragglerKey: String?
    package var stragglerStepKey: String?
    /// 0: no such view.
    package var stragglerEvery = 0
    package var version = "0.1.0"
    /// Called on the server's thread with each entry that the log was given, and a NUL behind it.
    package var onEntry: (@Sendable (UnsafeRawBufferPointer) -> Void)?

    package init() {}

    func check() throws(MimirError) {
      for (name, value, range) in [
        ("port", port, 0...65_535), ("max_clients", maxClients, 1...100_000),
        ("client_timeout_ms", clientTimeout, 100...86_400_000),
        ("max_entry_bytes", maxEntryBytes, 1024...(1 << 30)),
      ] where !range.contains(value) {
        throw MimirError(
          .invalidArgument,
          "\(name) is \(value); it must be \(range.lowerBound) to \(range.upperBound)")
      }
    }
  }

  package struct Statistics: Sendable {
    package var clients = 0
    package var joined: UInt64 = 0
    package var timedOut: UInt64 = 0
    package var entries: UInt64 = 0
    package var repeated: UInt64 = 0
    package var refused: UInt64 = 0
    package var ignored: UInt64 = 0
  }

  /// A batch is not larger than this, unless it is one entry.
  private static let largestBatch = 128 << 10
  private static let linger: Int32 = 200

  package let port: Int
  private let counters = RemoteCounters()
  private let bell: Doorbell
  private let isOver = Atomic(false)
  private let generation = OpenFiles.generation
  private let thread: Locked<pthread_t?>

  /// Reads what the log holds first.
  package init(_ options: Options, log: any RemoteLog) throws(MimirError) {
    try options.check()
    let endpoints = try Endpoints(options.bind)
    try endpoints.requireKeys(options.keyFile, insecure: options.insecure)
    let context = try StreamContext()
    let keys = try ServerKeys(keyFile: options.keyFile, authorized: options.authorizedKeys)
    // Asked by the socket, so bound before it.
    let gate = try keys.map { keys throws(MimirError) in try Gate(keys.authorized, in: context) }
    let monitor = RouterMonitor(context)
    let router = try RouterSocket(
      boundTo: endpoints.bindEndpoint(port: options.port, isRouter: false)
    ) { () throws(MimirError) in
      let router = try Socket(ZMQ_ROUTER, in: context, linger: Self.linger)
      router.serve(
        endpoints, largestMessage: Int64(options.maxEntryBytes + Self.largestBatch))
      RouterSocket.prepare(router)
      try keys?.apply(to: router)
      try monitor.watch(router)
      return router
    }
    bell = try Doorbell()
    port = Endpoints.port(of: router.endpoint)
    let service = try RemoteService(router, log, options, counters)
    let box = Box(RemoteServerLoop(context, service, gate, bell, monitor))
    let started = BackgroundThread.start(name: "mimir-server") {
      // The sockets, and the context, end on this thread.
      box.take()?.run()
    }
    thread = Locked(started)
    guard started != nil else {
      _ = box.take()
      throw MimirError(.outOfMemory, "the system has no thread for the server")
    }
  }

  package var statistics: Statistics {
    Statistics(
      clients: counters.connected.load(ordering: .relaxed),
      joined: counters.joined.load(ordering: .relaxed),
      timedOut: counters.timedOut.load(ordering: .relaxed),
      entries: counters.entries.load(ordering: .relaxed),
      repeated: counters.repeated.load(ordering: .relaxed),
      refused: counters.refused.load(ordering: .relaxed),
      ignored: counters.ignored.load(ordering: .relaxed))
  }

  package func checkProcess() throws(MimirError) {
    guard generation == OpenFiles.generation else {
      throw MimirError(
        .forked, "this server was opened before fork() and belongs to the parent; open one here")
    }
  }

  /// Until one client has joined and all have left; -1: for ever.
  package func wait(milliseconds: Int) throws(MimirError) {
    try checkProcess()
    let start = Clock.milliseconds()
    while counters.joined.load(ordering: .relaxed) == 0
      || counters.members.load(ordering: .relaxed) > 0
    {
      if isOver.load(ordering: .acquiring) {
        throw MimirError(.closed, "the server was closed while its clients were waited for")
      }
      let left = milliseconds < 0 ? .max : milliseconds - (Clock.milliseconds() - start)
      guard left > 0 else {
        throw MimirError(
          .timedOut,
          "\(counters.members.load(ordering: .relaxed)) clients have not left, "
            + "of \(counters.joined.load(ordering: .relaxed)) that have joined")
      }
      usleep(UInt32(min(left, 20) * 1000))
    }
  }

  /// Stores what has come. In a forked child it does nothing.
  package func close() {
    guard generation == OpenFiles.generation else { return }
    let thread = thread.withLockUnchecked { thread -> pthread_t? in
      defer { thread = nil }
      return thread
    }
    guard let thread else { return }
    isOver.store(true, ordering: .releasing)
    bell.stop()
    pthread_join(thread, nil)
  }

  deinit { close() }
}

/// Brings something to a thread, which is then the only one to have it.
final class Box<Content>: @unchecked Sendable {
  private var content: Content?

  init(_ content: Content) { self.content = content }

  func take() -> Content? {
    defer { content = nil }
    return content
  }
}
