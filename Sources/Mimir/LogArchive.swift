import MimirBase
import MimirGzip
import MimirIO
import MimirStream

/// Reads a run's entries back from its log, for viewers that come late.
///
/// Keeps where each block of lines begins, and so finds an entry by its number without reading all
/// that lies before it.
final class LogArchive: EntryArchive, @unchecked Sendable {
  private struct Mark {
    /// Number of the first entry in the block, from 0.
    var line: UInt64
    var position: Int
    /// Bytes at the block's beginning that were in the log before this run.
    var skip: Int
  }

  private let writer: LogWriter
  private let filename: String
  private let identity: FileIdentity?
  private let blocks: any LogBlocks
  private var marks: [Mark] = []
  /// Behind the last block that is known.
  private var next: Mark
  private var text = ByteBuffer()

  /// nil when the log's lines can't be told by their numbers: others write to it too.
  init?(_ filename: String, _ writer: LogWriter, system: any Syscalls) {
    guard let place = writer.placeAtOpening, !writer.isShared,
      let blocks = try? Self.blocks(filename, system)
    else { return nil }
    self.filename = filename
    self.writer = writer
    self.blocks = blocks
    identity = FileIdentity(path: filename)
    next = Mark(line: 0, position: place.position, skip: place.skip)
  }

  private static func blocks(
    _ filename: String, _ system: any Syscalls
  ) throws(MimirError) -> any LogBlocks {
    if filename.hasSuffix(".gz") { return try GzipBlocks(filename, system: system) }
    return try PlainBlocks(filename, system: system)
  }

  func read(from first: UInt64, limit: ReadLimit, into out: inout ByteBuffer) -> Int {
    guard first > 0, isRight else { return 0 }
    do throws(MimirError) {
      let count = try lines(from: first - 1, limit, &out)
      if count > 0 { return count }
      // They may be gathered in memory still.
      try writer.flush()
      return try lines(from: first - 1, limit, &out)
    } catch {
      return 0
    }
  }

  /// An entry that was lost, another logger on the file, or another file in its place: numbers and
  /// lines do not go together any more.
  private var isRight: Bool {
    !writer.isShared && writer.counts().dropped == 0 && FileIdentity(path: filename) == identity
  }

  private func lines(
    from line: UInt64, _ limit: ReadLimit, _ out: inout ByteBuffer
  ) throws(MimirError) -> Int {
    let start = out.count
    var count = 0
    while count < limit.entries, count == 0 || out.count - start < limit.bytes {
      guard let mark = try load(line + UInt64(count)) else { break }
      let before = count
      count += copy(
        from: line + UInt64(count), mark,
        ReadLimit(entries: limit.entries - count, bytes: limit.bytes - (out.count - start)), &out)
      if count == before { break }
    }
    return count
  }

  /// Brings the block that holds the line into `text`.
  private func load(_ line: UInt64) throws(MimirError) -> Mark? {
    for _ in 0..<4 {
      while line >= next.line, let end = try blocks.block(at: next.position, into: &text) {
        marks.append(next)
        let count = newlines(from: next.skip)
        next = Mark(line: next.line + count, position: end, skip: max(next.skip - text.count, 0))
      }
      if line < next.line, let mark = mark(of: line) {
        return try blocks.block(at: mark.position, into: &text) == nil ? nil : mark
      }
      // Else a compaction has made new blocks meanwhile.
      if try blocks.rest(at: next.position, into: &text) { return next }
    }
    return nil
  }

  private func mark(of line: UInt64) -> Mark? {
    var (low, high) = (0, marks.count)
    while low < high {
      let middle = (low + high) / 2
      if marks[middle].line <= line { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? marks[low - 1] : nil
  }

  private func newlines(from skip: Int) -> UInt64 {
    var count: UInt64 = 0
    for byte in text.bytes.dropFirst(skip) where byte == UInt8(ascii: "\n") { count += 1 }
    return count
  }

  /// Copies lines of `text` from number `line` on. Returns how many.
  private func copy(
    from line: UInt64, _ mark: Mark, _ limit: ReadLimit, _ out: inout ByteBuffer
  ) -> Int {
    var (number, position, count) = (mark.line, mark.skip, 0)
    let start = out.count
    while position < text.count, count < limit.entries {
      let rest = UnsafeRawBufferPointer(rebasing: text.bytes[position...])
      guard let newline = rest.firstIndex(of: UInt8(ascii: "\n")) else { break }
      if number >= line {
        if count > 0, out.count - start + newline + 1 > limit.bytes { break }
        out.append(UnsafeRawBufferPointer(rebasing: rest[...newline]))
        count += 1
      }
      number += 1
      position += newline + 1
    }
    return count
  }
}
