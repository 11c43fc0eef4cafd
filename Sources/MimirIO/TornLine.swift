import Glibc
import MimirBase

/// Mends the end of a plain log: a kill or a power cut can leave the last line incomplete.
enum TornLine {
  /// Tells whether bytes are one whole entry. JSON is not this module's business: the caller knows.
  typealias EntryCheck = @Sendable (UnsafeRawBufferPointer) -> Bool

  /// A last line longer than this is no entry.
  private static let longestLine = 1 << 30
  private static let blockSize = 1 << 16

  /// Cuts the file back to its last whole line, or ends a last line that only lacks its newline.
  /// Returns how many bytes were cut.
  static func repair(
    _ file: borrowing FileDescriptor, size: Int, path: String, isEntry: EntryCheck
  ) throws(MimirError) -> Int {
    guard size > 0 else { return 0 }
    var last: UInt8 = 0
    _ = try file.read(into: &last, count: 1, at: size - 1, path: path)
    if last == UInt8(ascii: "\n") { return 0 }

    let start = try lineStart(file, size: size, path: path)
    guard size - start <= longestLine else { throw notALog(path, "its last line passes 1 GiB") }
    var line = ByteBuffer(capacity: size - start)
    line.commit(
      try file.read(into: line.reserve(size - start), count: size - start, at: start, path: path))
    if isEntry(line.bytes) {
      let newline: StaticString = "\n"
      let outcome = file.append(UnsafeRawBufferPointer(start: newline.utf8Start, count: 1))
      if outcome.error != 0 { throw .system(outcome.error, "cannot end the last line of", path) }
      return 0
    }
    // Only what can be the torn beginning of an entry is cut, never somebody's other file.
    guard let first = line.bytes.first, first == UInt8(ascii: "{") || first == 0 else {
      throw notALog(path, "its last line does not begin with '{'")
    }
    let result = file.truncate(to: start)
    guard result >= 0 else { throw .system(result, "cannot cut the torn last line off", path) }
    return size - start
  }

  /// Where the last line begins: after the last newline, or at 0.
  private static func lineStart(
    _ file: borrowing FileDescriptor, size: Int, path: String
  ) throws(MimirError) -> Int {
    var block = ByteBuffer(capacity: blockSize)
    var end = size
    while end > 0, size - end <= longestLine {
      let start = max(end - blockSize, 0)
      block.truncate(to: 0)
      block.commit(
        try file.read(into: block.reserve(end - start), count: end - start, at: start, path: path))
      if let newline = block.bytes.lastIndex(of: UInt8(ascii: "\n")) { return start + newline + 1 }
      end = start
    }
    return end
  }

  private static func notALog(_ path: String, _ why: String) -> MimirError {
    MimirError(
      .corrupt,
      "\(path) is not a JSON Lines log: \(why) and has no newline at its end; nothing was changed; "
        + "use another file, or open this one to be truncated")
  }
}
