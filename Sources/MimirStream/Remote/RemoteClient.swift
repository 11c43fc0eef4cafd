import Glibc
package import MimirBase
import MimirIO
import Synchronization

/// Logs to a server, and never waits for it. See docs/protocol.md.
package final class RemoteClient: Sendable {
  package struct Options: Sendable {
    /// The server's name or address, or its `ipc://PATH`.
    package var host = "localhost"
    package var port = 5555
    package var name: String?
    /// The folder of the spools; nil: the standard one.
    package var spool: String?
    /// No spool: what the server does not have is lost with this process.
    package var memoryOnly = false
    /// nil: what the launcher says, unless that is not to be asked.
    package var rank: Int?
    package var worldSize: Int?
    package var asksLauncher = true
    package var keyFile: String?
    package var serverKey: String?
    package var maxQueueBytes = 64 << 20
    package var maxSpoolBytes = 4 << 30
    package var version = "0.1.0"

    package init() {}

    /// A new client's.
    func identity() throws(MimirError) -> ClientIdentity {
      var identity = try ClientIdentity.make()
      let launcher = asksLauncher ? Launcher.read() : Launcher()
      identity.name = name.flatMap { $0.isEmpty ? nil : $0 }
      identity.rank = rank ?? launcher.rank
      identity.worldSize = worldSize ?? (rank == nil ? launcher.worldSize : nil)
      identity.localRank = launcher.localRank
      identity.host = Launcher.hostName
      guard (name ?? "").utf8.count <= ClientIdentity.longestText else {
        throw MimirError(
          .invalidArgument, "the name has more than \(ClientIdentity.longestText) bytes")
      }
      return identity
    }

    func spoolFolder() throws(MimirError) -> String {
      if let spool {
        guard !spool.isEmpty else {
          throw MimirError(.invalidArgument, "the folder of the spool is empty; leave it out")
        }
        return spool
      }
      return try SpoolFolder.standard()
    }
  }

  package struct Statistics: Sendable {
    package var connected = false
    package var entries: UInt64 = 0
    package var stored: UInt64 = 0
    package var refused: UInt64 = 0
    package var dropped: UInt64 = 0
    package var spooled: UInt64 = 0
    package var spoolBytes = 0
    package var inMemory: UInt64 = 0
    package var adopted: UInt64 = 0
    package var reconnections: UInt64 = 0
    package var problem = ""
  }

  package let id: String
  private let backlog: Backlog
  private let bell: Doorbell
  private let news = RemoteNews()
  private let generation = OpenFiles.generation
  private let thread: Locked<pthread_t?>

  package init(_ options: Options) throws(MimirError) {
    let endpoint = try RemoteEndpoint(options)
    let identity = try options.identity()
    id = identity.id
    bell = try Doorbell()
    var folder: String?
    if !options.memoryOnly { folder = try options.spoolFolder() }
    if let folder {
      let own = try SpoolFolder.make(in: folder, for: identity, server: endpoint.name)
      backlog = Backlog(
        SpoolWriter(own, mostBytes: options.maxSpoolBytes), mostInMemory: options.maxQueueBytes)
    } else {
      backlog = Backlog(nil, mostInMemory: options.maxQueueBytes)
    }
    let loop: RemoteClientLoop
    do {
      loop = RemoteClientLoop(
        try RemoteLink(endpoint, backlog, identity), SpoolHeritage(folder, endpoint), bell, news)
    } catch {
      _ = backlog.finish()
      throw error
    }
    let box = Box(loop)
    let started = BackgroundThread.start(name: "mimir-remote") {
      // The sockets, and the context, end on this thread.
      box.take()?.run()
    }
    thread = Locked(started)
    guard started != nil else {
      _ = box.take()
      throw MimirError(.outOfMemory, "the system has no thread for the client")
    }
  }

  package func checkProcess() throws(MimirError) {
    guard generation == OpenFiles.generation else {
      throw MimirError(
        .forked, "this client was opened before fork() and belongs to the parent; open one here")
    }
  }

  /// Logs an entry: checked, compact text that ends with a newline.
  package func log(_ line: UnsafeRawBufferPointer) throws(MimirError) {
    try checkProcess()
    if try backlog.add(line) { bell.ring() }
  }

  package var statistics: Statistics {
    let (counts, now) = (backlog.counts, news.report)
    return Statistics(
      connected: now.isConnected, entries: counts.entries, stored: counts.acknowledged,
      refused: now.refused, dropped: counts.dropped,
      spooled: counts.entries - counts.acknowledged, spoolBytes: counts.spoolBytes,
      inMemory: counts.inMemory, adopted: now.adopted, reconnections: now.reconnections,
      problem: counts.problem?.message ?? now.problem)
  }

  /// Until the server has all that was logged before; -1: for ever.
  package func flush(milliseconds: Int) throws(MimirError) {
    try checkProcess()
    guard wait(milliseconds, for: backlog.last) else {
      let left = backlog.last - backlog.acknowledged
      let problem = statistics.problem
      throw MimirError(
        .timedOut,
        "the server has not acknowledged \(left) entries yet"
          + (problem.isEmpty ? "" : ": \(problem)"))
    }
  }

  private func wait(_ milliseconds: Int, for last: UInt64) -> Bool {
    let start = Clock.milliseconds()
    var pause: UInt32 = 100
    while backlog.acknowledged < last {
      let left = milliseconds < 0 ? .max : milliseconds - (Clock.milliseconds() - start)
      guard left > 0 else { return false }
      usleep(pause)
      pause = min(pause * 2, 5000)
    }
    return true
  }

  /// Waits for the server; then ends. Returns how many entries are still in the spool. In a forked child
  /// it does nothing.
  package func close(milliseconds: Int) throws(MimirError) -> UInt64 {
    guard generation == OpenFiles.generation else { return 0 }
    let thread = thread.withLockUnchecked { thread -> pthread_t? in
      defer { thread = nil }
      return thread
    }
    guard let thread else { return 0 }
    backlog.close()
    _ = wait(milliseconds, for: backlog.last)
    bell.stop()
    pthread_join(thread, nil)
    let left = backlog.last - backlog.acknowledged
    let lost = backlog.finish()
    guard lost == 0 else {
      throw MimirError(
        .dropped, "\(lost) entries that were in memory only are lost: \(statistics.problem)")
    }
    return left
  }

  deinit { _ = try? close(milliseconds: 0) }
}

/// What the client's thread tells.
struct RemoteReport {
  var isConnected = false
  var refused: UInt64 = 0
  var adopted: UInt64 = 0
  var reconnections: UInt64 = 0
  var problem = ""
}

final class RemoteNews: Sendable {
  private let current = Locked(RemoteReport())

  var report: RemoteReport { current.withLockUnchecked { $0 } }

  func set(_ report: RemoteReport) { current.withLockUnchecked { $0 = report } }
}
