public import MimirBase
import MimirIO

extension LogReader {
  /// What a reader has read and left out so far.
  public struct Report: Sendable, Hashable, CustomStringConvertible {
    public var entries: UInt64 = 0
    /// Lines that are no JSON object.
    public var skippedLines: UInt64 = 0
    /// Bytes of the file that could not be read: damaged ones, or its torn end.
    public var skippedBytes: UInt64 = 0
    /// Entries are missing or may be wrong: the file's checksum or structure is not right.
    public var damaged = false
    /// The file ends within an entry, as a killed writer or a copy cut short leaves it.
    public var torn = false
    /// Why reading ended before the end.
    public var error: MimirError?
    private var finding: String?
    private let filename: String

    init(of filename: String) { self.filename = filename }

    /// Whether there is more in the file than the entries that were read, or they may be wrong.
    public var isIncomplete: Bool {
      damaged || torn || skippedLines > 0 || error != nil
    }

    /// For a person; "" when nothing was left out.
    public var description: String {
      var parts: [String] = []
      if let error { parts.append(error.message) }
      if let finding { parts.append(finding) }
      if skippedLines > 0 {
        parts.append(
          skippedLines == 1
            ? "1 line of \(filename) is no JSON object and was left out"
            : "\(skippedLines) lines of \(filename) are no JSON objects and were left out")
      }
      return parts.joined(separator: "; ")
    }

    mutating func note(tornLine bytes: Int) {
      torn = true
      skippedBytes += UInt64(bytes)
      finding = finding ?? "\(filename) ends in a torn entry, and its \(bytes) bytes were left out"
    }

    mutating func add(_ other: ReadReport) {
      skippedBytes += UInt64(clamping: other.skippedBytes)
      damaged = damaged || other.damaged
      torn = torn || other.torn
      finding = other.message ?? finding
    }
  }
}
