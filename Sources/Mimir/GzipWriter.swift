public import MimirBase
import MimirGzip
import MimirIO
import Synchronization

/// Writes any text to a gzip file that is complete and valid after every write; what is there already
/// is kept, and a kill loses nothing that was written. The file format is that of the logs.
///
///     let writer = try GzipWriter("trace.txt.gz")
///     try writer.write("epoch 1\n")
///     try writer.close()
///
/// Any number of threads may use one writer; each write lands as a whole. In a forked child every use
/// fails with `.forked`.
public final class GzipWriter: Sendable {
  public struct Options: Sendable {
    public var mode = Logger.Mode.append
    public var flush = Logger.Flush.everyEntry
    public var durability = Logger.Durability.process
    /// Other processes may write the same file, if they too say so.
    public var shared = false
    /// How many bytes may wait in memory while writing fails: 1 or more.
    public var maxPendingBytes = 64 << 20

    public init() {}
  }

  /// Others of this process may use it too.
  private let writer: LogWriter
  private let generation: Int
  /// This one has given its use of the writer back, which it may do once.
  private let closed = Atomic(false)

  /// Opens a file, whose name must end in `.gz`, or makes it.
  ///
  /// - Throws: what `Logger.init` throws of files; `.corrupt` for a file that is no gzip file, or a
  ///   damaged one.
  public init(_ path: String, _ options: Options = Options()) throws(MimirError) {
    guard path.hasSuffix(".gz") else {
      throw MimirError(
        .invalidArgument, "\(path) does not end in .gz, by which readers know a gzip file")
    }
    var file = Logger.Options(filename: path)
    file.mode = options.mode
    file.flush = options.flush
    file.durability = options.durability
    file.shared = options.shared
    file.maxPendingBytes = options.maxPendingBytes
    try file.check()
    generation = OpenFiles.generation
    writer = try WriterRegistry.open(path: path, options: file.file, policy: file.policy) {
      () throws(MimirError) -> any LogFile in
      // Without a check for entries: text that is no log keeps its last line as it is.
      try GzipLog(path: path, options: file.file)
    }
  }

  deinit { try? close() }

  /// Appends bytes as they are. They are in the file when this returns, unless writes are gathered
  /// (`Flush.interval`).
  ///
  /// - Throws: what writing throws. The bytes then wait in memory to be written before the next ones,
  ///   unless the error is `.dropped`, `.closed` or `.forked`.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(MimirError) {
    try checkUse()
    guard !bytes.isEmpty else { return }
    try writer.append(bytes)
  }

  public func write(_ text: String) throws(MimirError) {
    var text = text
    var failure: MimirError?
    text.withUTF8 { bytes in
      do throws(MimirError) {
        try write(UnsafeRawBufferPointer(bytes))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  /// Writes what waits in memory.
  public func flush() throws(MimirError) {
    try checkUse()
    try writer.flush()
  }

  /// Writes what waits in memory, compresses what is not yet, and closes the file. Closing again does
  /// nothing.
  public func close() throws(MimirError) {
    // In a forked child the writer is the parent's.
    guard generation == OpenFiles.generation else { return }
    guard !closed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    try WriterRegistry.close(writer)
  }

  private func checkUse() throws(MimirError) {
    guard generation == OpenFiles.generation else {
      throw MimirError(
        .forked,
        "this writer was opened before fork() and belongs to the parent process; open one here")
    }
    guard !closed.load(ordering: .acquiring) else {
      throw MimirError(.closed, "the writer of \(writer.path) is closed; open another one")
    }
  }
}
