public import MimirBase
package import MimirIO
import MimirJSON
import MimirStream

/// A logger for training runs: numbers each entry and hands it to the ring in memory and to its
/// handlers (file, console, your own).
///
///     let logger = try Logger(filename: "log.jsonl", maxlen: 10)
///     logger.log(["iteration": 1, "training_error": 0.5])
///     logger[-1]?["training_error"]  // 0.5
///     try logger.close()
///
/// Any number of threads may use one logger. In a forked child every use fails with `.forked`: open
/// another logger there.
public final class Logger: Sendable {
  package let warnings: Warnings
  package let maxEntryBytes: Int
  let nonfinite: NonfinitePolicy
  let generation: Int
  /// Kept for ever in a forked child: a thread of the parent may have been inside it.
  let core: Unmanaged<LoggerCore>

  var state: LoggerCore { core._withUnsafeGuaranteedRef { $0 } }

  /// - Throws: `.invalidArgument` for options out of range; for the file `.notFound` (its folder),
  ///   `.permission`, `.exists`, `.locked` (by another process, whose pid the message names),
  ///   `.busy` (to be emptied while this process has it open), `.unsupported`, `.io`.
  public convenience init(_ options: Options = Options()) throws(MimirError) {
    try self.init(options, system: RealSyscalls.shared)
  }

  /// - Parameters:
  ///   - filename: the log file; nil for none.
  ///   - maxlen: how many entries stay in memory: 0 none, `Int.max` all.
  public convenience init(filename: String?, maxlen: Int = 0) throws(MimirError) {
    try self.init(Options(filename: filename, maxlen: maxlen))
  }

  package init(_ options: Options, system: any Syscalls) throws(MimirError) {
    try options.check()
    warnings = options.warnings
    maxEntryBytes = options.maxEntryBytes
    nonfinite = options.nonfinite
    generation = OpenFiles.generation
    let core = LoggerCore(maxlen: options.maxlen)
    self.core = Unmanaged.passRetained(core)
    if let filename = options.filename {
      let file = try FileHandler(filename, options, system: system)
      core.add(file, filters: [])
      reportRepair(of: filename, file.writer.counts().repairedBytes)
      if options.maxlen > 0, options.mode == .append, FileIdentity(path: filename) != nil {
        try? file.flush()
        try loadTail(of: filename, count: options.maxlen, system: system)
      }
    }
    if let stream = options.stream {
      let file = core.file
      let archive = options.filename.flatMap { filename in
        file.flatMap { LogArchive(filename, $0.writer, system: system) }
      }
      core.add(
        PublisherHandler(try Publisher(stream.publisher, archive: archive)), filters: [])
    }
    if let formatter = options.formatter {
      core.add(ConsoleHandler(formatter: formatter), filters: [])
    }
  }

  deinit {
    guard generation == OpenFiles.generation else { return }
    if let error = core.takeUnretainedValue().close() {
      warnings.deliver(Warning(code: error.code, message: error.message))
    }
    core.release()
  }

  /// Adds a handler behind those that are there; it gets what its filters leave.
  public func add(_ handler: any Handler, filters: [Filter] = []) {
    state.add(handler, filters: filters)
  }

  /// Writes what waits in memory.
  ///
  /// - Throws: what writing throws.
  public func flush() throws(MimirError) {
    try checkProcess()
    if let error = state.flush() { throw error }
  }

  /// Writes what waits in memory and closes the file. Closing again does nothing; entries in memory
  /// can still be read.
  ///
  /// - Throws: what writing throws; the message says how many entries are lost.
  public func close() throws(MimirError) {
    guard generation == OpenFiles.generation else { return }
    if let error = state.close() { throw error }
  }

  public var statistics: Statistics {
    generation == OpenFiles.generation ? state.statistics() : Statistics()
  }

  package func checkProcess() throws(MimirError) {
    guard generation == OpenFiles.generation else {
      throw MimirError(
        .forked,
        "this logger was opened before fork() and belongs to the parent process; "
          + "open one here (shared, if both write the same file)")
    }
  }

  package func warn(_ message: String, code: MimirError.Code? = nil) {
    warnings.deliver(Warning(code: code, message: message))
  }

  private func reportRepair(of filename: String, _ bytes: Int) {
    guard bytes > 0 else { return }
    warn(
      "\(filename) ended in a torn line, left by a process that was killed: "
        + "its \(bytes) bytes were cut off")
  }
}
