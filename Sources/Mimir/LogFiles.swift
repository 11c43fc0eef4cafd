public import MimirBase
import MimirGzip

/// What `LogFiles.repair` has done.
public struct RepairReport: Sendable, Hashable {
  /// Nothing was wrong, and nothing was changed.
  public let healthy: Bool
  /// Entries that the log holds now.
  public let entries: Int
  /// How many of them come from a stretch that is damaged: they look right, but may be wrong.
  public let uncertainEntries: Int
  /// Lines, or pieces of them, that are no whole entry, and were left out.
  public let linesLeftOut: Int
  /// Their bytes, and those of the file of which nothing could be read.
  public let bytesLeftOut: Int
  /// Where the damaged file is now; nil when the log is healthy.
  public let original: String?
}

/// Work on log files as a whole, plain or gzip.
public enum LogFiles {
  /// Copies a log, also one that is being written or whose writer was killed. The copy is a complete
  /// log of its own, with every entry that was logged before the copy began.
  ///
  /// - Throws: `.exists` when `target` is there and is not to be overwritten, `.locked` when it is
  ///   being written, `.invalidArgument` when it is the log itself, `.notFound`, `.permission`,
  ///   `.corrupt`, `.unsupported`, `.noSpace`, `.io`.
  public static func copy(
    _ source: String, to target: String, overwrite: Bool = false
  ) throws(MimirError) {
    try GzipCopy.copy(
      from: source, to: target, overwrite: overwrite, isEntry: LogFileFormat.isEntry)
  }

  /// Saves what can be read of a damaged log: the whole entries, in their order. The damaged file
  /// stays beside it as NAME.damaged.
  ///
  /// - Throws: `.locked` when the log is being written, `.corrupt` when no entry can be read,
  ///   `.notFound`, `.permission`, `.unsupported`, `.noSpace`, `.io`; nothing is changed then.
  public static func repair(_ path: String) throws(MimirError) -> RepairReport {
    let report = try GzipRepair.repair(path: path, isEntry: LogFileFormat.isEntry)
    return RepairReport(
      healthy: report.healthy, entries: report.entries, uncertainEntries: report.uncertain,
      linesLeftOut: report.leftOutLines, bytesLeftOut: report.leftOutBytes,
      original: report.original)
  }
}
