package import MimirBase

/// Where entries can be read back that have left memory: the log file. Used by one thread.
package protocol EntryArchive: AnyObject, Sendable {
  /// Appends entries from `first` on, each with a newline: at least one if there is any, and not more
  /// than `limit` allows. Returns how many.
  func read(from first: UInt64, limit: ReadLimit, into out: inout ByteBuffer) -> Int
}

package struct ReadLimit: Sendable {
  package var entries: Int
  package var bytes: Int

  package init(entries: Int, bytes: Int) {
    self.entries = entries
    self.bytes = bytes
  }

  /// Of one answer.
  static let answer = ReadLimit(entries: 10_000, bytes: 1 << 20)
}
