public import MimirBase
import MimirIO
import MimirJSON
import MimirStream

/// Logs to a `LogServer`, and never waits for it.
///
///     let logger = try RemoteLogger()
///     logger.log(["iteration": 1, "training_error": 0.5])
///     try logger.close(milliseconds: 5000)
///
/// An entry is in the spool, files of this machine, when `log` returns, and in the server's log exactly
/// once when that can be reached: sent by this client, by the next one with the same spool and server, or
/// by `sendSpools`. Any number of threads may use one; in a forked child every use fails with `.forked`.
public final class RemoteLogger: Sendable {
  public struct Options: Sendable {
    /// The server's name or address, or its `ipc://PATH`.
    public var host = "localhost"
    public var port = 5555
    /// The entries' `remote_log`; nil for a number that the server gives.
    public var name: String?
    /// The folder of the spools; nil for $XDG_STATE_HOME/mimir/spool, else ~/.local/state/mimir/spool.
    public var spool: String?
    /// No spool: what the server does not have is lost with this process.
    public var memoryOnly = false
    /// nil: what the launcher (torchrun, Slurm, MPI) says, unless `asksLauncher` is false.
    public var rank: Int?
    public var worldSize: Int?
    public var asksLauncher = true
    /// A file with this client's key pair, and one with the server's public key.
    public var keyFile: String?
    public var serverKey: String?
    /// The largest entry, in bytes of JSON: 1 to 1 GiB.
    public var maxEntryBytes = 64 << 20
    /// How many bytes may wait in memory, where the spool can't be written.
    public var maxQueueBytes = 64 << 20
    /// How many bytes may lie in this client's spool.
    public var maxSpoolBytes = 4 << 30

    public init() {}
  }

  public struct Statistics: Sendable, Hashable {
    /// The server has welcomed this client.
    public var connected = false
    public var entries: UInt64 = 0
    /// Of these, in the server's log, or refused.
    public var stored: UInt64 = 0
    /// Entries that the server's logger does not take.
    public var refused: UInt64 = 0
    /// Entries lost: no spool, and no room in memory.
    public var dropped: UInt64 = 0
    /// Entries that the server has not acknowledged.
    public var spooled: UInt64 = 0
    public var spoolBytes = 0
    /// Of the spooled, those that could not be written to a file.
    public var inMemory: UInt64 = 0
    /// Entries sent from spools that others have left behind.
    public var adopted: UInt64 = 0
    public var reconnections: UInt64 = 0
    /// What went wrong last; empty when nothing has.
    public var problem = ""
  }

  private let client: RemoteClient
  package let maxEntryBytes: Int

  /// The server need not be there yet.
  ///
  /// - Throws: `.invalidArgument`, `.network` (a host that does not exist), `.notFound`, `.permission`,
  ///   `.noSpace`, `.io`, `.unsupported`.
  public init(_ options: Options = Options()) throws(MimirError) {
    guard (1...(1 << 30)).contains(options.maxEntryBytes) else {
      throw MimirError(
        .invalidArgument, "maxEntryBytes is \(options.maxEntryBytes); it must be 1 to \(1 << 30)")
    }
    maxEntryBytes = options.maxEntryBytes
    client = try RemoteClient(options.client)
  }

  /// With which its entries' `remote_seq` begins.
  public var id: String { client.id }

  /// Logs an entry. Never throws: `statistics` counts what is lost, which is what neither the spool nor
  /// memory has room for.
  public func log(_ entry: Entry) { try? tryLog(entry) }

  /// Logs an entry, and says when that failed.
  ///
  /// - Throws: `.tooLarge`, `.tooDeep`, `.forked`, `.closed`; `.dropped`.
  public func tryLog(_ entry: Entry) throws(MimirError) {
    try ScratchBuffer.use { buffer throws(MimirError) in
      _ = try JSONValue.object(entry.object).append(to: &buffer)
      buffer.append(UInt8(ascii: "\n"))
      try log(line: buffer.bytes)
    }
  }

  /// Logs any value that encodes as an object.
  ///
  /// - Throws: as `tryLog(_: Entry)`, and `.invalidArgument` when it does not encode as an object.
  @_disfavoredOverload
  public func tryLog(_ value: some Encodable) throws(MimirError) {
    try tryLog(Entry(encoding: value))
  }

  /// Logs an entry given as JSON text: one object. White space between tokens is removed.
  package func log(json text: UnsafeRawBufferPointer) throws(MimirError) {
    try ScratchBuffer.use { buffer throws(MimirError) in
      _ = try JSONText.compactObject(
        text, limits: JSONLimits(maxBytes: maxEntryBytes), into: &buffer)
      buffer.append(UInt8(ascii: "\n"))
      try client.log(buffer.bytes)
    }
  }

  /// Logs checked, compact text that ends with a newline.
  package func log(line: UnsafeRawBufferPointer) throws(MimirError) {
    guard line.count <= maxEntryBytes + 1 else {
      throw MimirError(
        .tooLarge,
        "the entry has \(line.count - 1) bytes and max_entry_bytes is \(maxEntryBytes); "
          + "log less at once, or raise it")
    }
    try client.log(line)
  }

  /// Waits until the server has all that was logged before; a negative time: for ever.
  ///
  /// - Throws: `.timedOut`.
  public func flush(milliseconds: Int = -1) throws(MimirError) {
    try client.flush(milliseconds: milliseconds)
  }

  public var statistics: Statistics {
    guard (try? client.checkProcess()) != nil else { return Statistics() }
    let now = client.statistics
    return Statistics(
      connected: now.connected, entries: now.entries, stored: now.stored, refused: now.refused,
      dropped: now.dropped, spooled: now.spooled, spoolBytes: now.spoolBytes,
      inMemory: now.inMemory, adopted: now.adopted, reconnections: now.reconnections,
      problem: now.problem)
  }

  package func checkProcess() throws(MimirError) { try client.checkProcess() }

  /// Waits until the server has everything, and ends. Returns how many entries are still in the spool,
  /// to be sent later. Closing again does nothing.
  ///
  /// - Throws: `.dropped`: entries that were in memory only are lost.
  @discardableResult
  public func close(milliseconds: Int) throws(MimirError) -> UInt64 {
    try client.close(milliseconds: milliseconds)
  }

  /// Sends what clients that are gone have left in a spool folder; a negative time: for ever.
  ///
  /// - Throws: as `init`.
  public static func sendSpools(
    _ options: Options = Options(), milliseconds: Int = -1
  ) throws(MimirError) -> SpoolReport {
    let report = try SpoolSend.run(options.client, milliseconds: milliseconds)
    return SpoolReport(
      busy: report.busy, spools: report.spools, entries: report.entries, refused: report.refused,
      left: report.left, problem: report.problem)
  }
}

/// What `RemoteLogger.sendSpools` has done.
public struct SpoolReport: Sendable, Hashable {
  /// Spools that a live client writes, and that were left alone.
  public let busy: Int
  /// Spools sent, and removed.
  public let spools: UInt64
  /// Entries sent that the server had not.
  public let entries: UInt64
  /// Of these, entries that the server's logger does not take.
  public let refused: UInt64
  /// Entries that are still in spools.
  public let left: UInt64
  /// Why, where there are any.
  public let problem: String
}

extension RemoteLogger.Options {
  var client: RemoteClient.Options {
    var options = RemoteClient.Options()
    options.host = host
    options.port = port
    options.name = name
    options.spool = spool
    options.memoryOnly = memoryOnly
    options.rank = rank
    options.worldSize = worldSize
    options.asksLauncher = asksLauncher
    options.keyFile = keyFile
    options.serverKey = serverKey
    options.maxQueueBytes = maxQueueBytes
    options.maxSpoolBytes = maxSpoolBytes
    return options
  }
}
