public import MimirBase
import MimirGzip
package import MimirIO
import MimirJSON

/// Reads the entries of a log file, plain or gzip, also one that is being written or whose writer was
/// killed.
///
///     let reader = try LogReader("log.jsonl.gz")
///     for entry in reader { print(entry["training_error"] ?? "none") }
///     if reader.report.isIncomplete { print(reader.report) }
///
/// Takes no lock and changes nothing. An entry that is being written is not seen, or whole. NaN and
/// infinities that were written as `tagged` are restored. One thread at a time.
public final class LogReader: Sequence, IteratorProtocol {
  private let filename: String
  private let lines: any LineReader
  private let generation = OpenFiles.generation
  private var counts: Report
  private var entryText = EntryText()
  /// How many NaN and infinities stand bare in the entry that was read last.
  package var nonfinite: Int { entryText.nonfinite }

  /// Opens a log file. Its first bytes decide whether it is gzip, of whatever origin.
  ///
  /// - Throws: `.notFound`, `.permission`, `.unsupported` (not a regular file), `.io`.
  public convenience init(_ filename: String) throws(MimirError) {
    try self.init(filename, system: RealSyscalls.shared)
  }

  package init(_ filename: String, system: any Syscalls) throws(MimirError) {
    counts = Report(of: filename)
    self.filename = filename
    lines =
      try GzipReader.isGzip(filename, system: system)
      ? try GzipReader(path: filename, system: system)
      : try PlainLogReader(path: filename, system: system)
  }

  /// The next entry; nil at the end, or when reading failed: `report.error` then says why.
  public func next() -> Entry? {
    do {
      while let text = try nextBytes() {
        if let entry = Entry(checked: text) { return entry }
      }
    } catch {
      counts.error = error
    }
    return nil
  }

  /// The next entry as JSON text; nil at the end.
  ///
  /// - Throws: `.io`; `.corrupt` for a line of more than 1 GiB; `.forked`.
  public func nextText() throws(MimirError) -> String? {
    try nextBytes().map { String(decoding: $0, as: UTF8.self) }
  }

  /// The same, valid until the next call.
  package func nextBytes() throws(MimirError) -> UnsafeRawBufferPointer? {
    try checkProcess()
    while let line = try lines.next() {
      if let text = entryText.entry(in: line) {
        counts.entries += 1
        return text
      }
      if EntryText.isBlank(line) { continue }
      if lines.endsLine {
        counts.skippedLines += 1
      } else {
        counts.note(tornLine: line.count)
      }
    }
    return nil
  }

  /// Goes to the last `count` entries, as they are now; costs in proportion to `count`. Lines that are
  /// no entries count as if they were.
  ///
  /// - Throws: as `nextText`.
  public func seekToLast(_ count: Int) throws(MimirError) {
    guard count >= 0 else {
      throw MimirError(.invalidArgument, "count is \(count); it must be 0 or more")
    }
    try checkProcess()
    counts = Report(of: filename)
    let last = try lines.seekToLast(count)
    // A last entry that only lacks its newline is one of them.
    guard last.count == count, last.rest.withUnsafeBytes({ entryText.entry(in: $0) != nil }) else {
      return
    }
    _ = try lines.next()
  }

  /// What was read and what was left out so far.
  public var report: Report {
    var report = counts
    report.add(lines.report)
    return report
  }

  /// How far in the file it has come.
  package var position: Int { lines.position }

  private func checkProcess() throws(MimirError) {
    guard generation == OpenFiles.generation else {
      throw MimirError(
        .forked,
        "this reader was opened before fork() and belongs to the parent process; open one here")
    }
  }
}
