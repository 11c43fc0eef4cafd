public import MimirBase
package import MimirStream

/// Takes the entries of many processes into one logger: those of `RemoteLogger`, and of the clients of
/// the original project. See docs/protocol.md.
///
///     let logger = try Logger(filename: "log.jsonl.gz")
///     let server = try LogServer(logger)
///     try server.wait()
///     server.close()
///     try logger.close()
///
/// Entries gain `remote_log` (the client's name or number), `rank` and `host`. What is acknowledged is in
/// the log, once, also when the server is killed and started anew with the same log. Any number of threads
/// may use one; it is of no use in a forked child.
public final class LogServer: Sendable {
  public struct Options: Sendable {
    /// The address to bind to: this machine only, unless another one is given; or `ipc://PATH`.
    public var bind = "127.0.0.1"
    /// The TCP port; 0 picks a free one, which `LogServer.port` tells.
    public var port = 5555
    /// A file with this server's key pair, and a folder with the public keys of those who may connect.
    public var keyFile: String?
    public var authorizedKeys: String?
    /// Allows an address that others can reach, without keys.
    public var insecure = false
    /// How many may be connected at a time.
    public var maxClients = 1024
    /// Milliseconds of silence after which a client has left.
    public var clientTimeout = 30_000
    /// The largest entry that is taken.
    public var maxEntryBytes = 64 << 20
    /// Logs min, median and max over the ranks of a member, such as a step's duration, and the slowest
    /// rank; nil for not doing so.
    public var straggler: Straggler?

    public init() {}
  }

  /// See `Options.straggler`.
  public struct Straggler: Sendable {
    /// The member to compare, a number.
    public var key: String
    /// For each so many steps.
    public var every: Int
    /// The member that numbers the steps; nil: each rank's entries that have `key` are counted.
    public var stepKey: String?

    public init(key: String, every: Int, stepKey: String? = nil) {
      self.key = key
      self.every = every
      self.stepKey = stepKey
    }
  }

  public struct Statistics: Sendable, Hashable {
    /// Connected now.
    public var clients = 0
    /// Have ever joined; reconnections are not counted.
    public var joined: UInt64 = 0
    /// Left without a word, or were silent for too long.
    public var timedOut: UInt64 = 0
    /// Entries stored.
    public var entries: UInt64 = 0
    /// Entries that came again, and were not stored again.
    public var repeated: UInt64 = 0
    /// Entries that were none, or that the logger does not take.
    public var refused: UInt64 = 0
    /// Messages that made no sense.
    public var ignored: UInt64 = 0
  }

  private let server: RemoteServer

  /// Reads the logger's file once, for what is stored already.
  ///
  /// - Throws: `.invalidArgument`, `.addressInUse`, `.network`, `.notFound`, `.permission`,
  ///   `.unsupported`; what reading and writing the log throws.
  public convenience init(_ logger: Logger, _ options: Options = Options()) throws(MimirError) {
    try self.init(logger, options.server)
  }

  package init(_ logger: Logger, _ options: RemoteServer.Options) throws(MimirError) {
    try logger.checkProcess()
    server = try RemoteServer(options, log: LoggerRemoteLog(logger))
  }

  /// The TCP port it is bound to; 0 over `ipc://`.
  public var port: Int { server.port }

  public var statistics: Statistics {
    let now = server.statistics
    return Statistics(
      clients: now.clients, joined: now.joined, timedOut: now.timedOut, entries: now.entries,
      repeated: now.repeated, refused: now.refused, ignored: now.ignored)
  }

  /// Waits until one client has joined and all have left; a negative time: for ever.
  ///
  /// - Throws: `.timedOut`; `.closed` when another thread closes the server.
  public func wait(milliseconds: Int = -1) throws(MimirError) {
    try server.wait(milliseconds: milliseconds)
  }

  /// Stores what has come, and ends; the logger stays open. Closing again does nothing.
  public func close() { server.close() }

  package func checkProcess() throws(MimirError) { try server.checkProcess() }
}

extension LogServer.Options {
  var server: RemoteServer.Options {
    var options = RemoteServer.Options()
    options.bind = bind
    options.port = port
    options.keyFile = keyFile
    options.authorizedKeys = authorizedKeys
    options.insecure = insecure
    options.maxClients = maxClients
    options.clientTimeout = clientTimeout
    options.maxEntryBytes = maxEntryBytes
    options.stragglerKey = straggler?.key
    options.stragglerStepKey = straggler?.stepKey
    options.stragglerEvery = straggler?.every ?? 0
    return options
  }
}
