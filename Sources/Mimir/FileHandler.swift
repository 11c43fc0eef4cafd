public import MimirBase
package import MimirIO
import Synchronization

/// Appends entries to a log file. Handlers of one process that are given the same file share its
/// writer.
public final class FileHandler: Handler {
  package let writer: LogWriter
  /// Its use of the writer was given back, which it may do once.
  private let closed = Atomic(false)

  /// Opens the file that `options.filename` names.
  ///
  /// - Throws: what `Logger.init` throws of files.
  public convenience init(_ options: Logger.Options) throws(MimirError) {
    guard let filename = options.filename else {
      throw MimirError(.invalidArgument, "a file handler needs options.filename")
    }
    try self.init(filename, options, system: RealSyscalls.shared)
  }

  package init(
    _ filename: String, _ options: Logger.Options, system: any Syscalls
  ) throws(MimirError) {
    try options.check()
    writer = try LogFileFormat.open(filename, options, system: system)
  }

  public func log(_ record: borrowing Record) throws(MimirError) {
    try writer.append(record.line)
  }

  public func flush() throws(MimirError) { try writer.flush() }

  public func close() throws(MimirError) {
    guard !closed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    try WriterRegistry.close(writer)
  }
}
