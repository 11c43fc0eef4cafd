import Glibc
package import MimirBase
package import MimirIO

/// Writes a whole log anew: header, chunks, end.
package struct NewLog: ~Copyable {
  private static let longestLine = 1 << 30

  private(set) var target: ReplacementFile
  private var header = GzipHeader()
  private var deflater: Deflater
  private var text = ByteBuffer(capacity: 2 * CompactionWork.chunkSize)
  /// How much of `text` was searched for a newline.
  private var searched = 0
  private var out = ByteBuffer()

  package init(
    _ target: consuming ReplacementFile, generation: UInt64
  ) throws(MimirError) {
    self.target = target
    header.generation = generation
    deflater = try Deflater(level: CompactionWork.level)
  }

  /// Appends text; a line may come in parts.
  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(MimirError) {
    text.append(bytes)
    var start = 0
    while let end = chunkEnd(from: start) {
      try compress(UnsafeRawBufferPointer(rebasing: text.bytes[start..<end]))
      start = end
      searched = end
    }
    text.removeFirst(start)
    searched -= start
    guard text.count <= Self.longestLine else {
      throw MimirError(.corrupt, "\(target.path): a line of more than 1 GiB; this is no log")
    }
  }

  /// Appends a line that has no newline yet.
  package mutating func append(line: UnsafeRawBufferPointer) throws(MimirError) {
    text.append(line)
    let newline: StaticString = "\n"
    try append(UnsafeRawBufferPointer(start: newline.utf8Start, count: 1))
  }

  /// The end of the line with which the text from `start` on fills a chunk.
  private mutating func chunkEnd(from start: Int) -> Int? {
    let from = max(searched, start + CompactionWork.chunkSize - 1)
    guard from < text.count, let base = text.base else { return nil }
    let newline = memchr(base + from, Int32(UInt8(ascii: "\n")), text.count - from)
    guard let newline else {
      searched = text.count
      return nil
    }
    return UnsafeRawPointer(newline) - UnsafeRawPointer(base) + 1
  }

  private mutating func compress(_ lines: UnsafeRawBufferPointer) throws(MimirError) {
    out.truncate(to: 0)
    try deflater.compress(lines, to: &out)
    try target.write(out.bytes, at: header.tailOffset)
    header.tailOffset += out.count
    header.prefixLength += UInt64(lines.count)
    header.prefixCRC = CRC32.update(header.prefixCRC, lines)
  }

  /// Writes what is left, the end and the header, and brings all to the disk.
  package mutating func finish() throws(MimirError) {
    if !text.isEmpty {
      try compress(text.bytes)
      text.truncate(to: 0)
    }
    out.truncate(to: 0)
    TailLayout.appendEnd(
      at: header.tailOffset, crc: header.prefixCRC, length: header.prefixLength, to: &out)
    try target.write(out.bytes, at: header.tailOffset)
    out.truncate(to: 0)
    header.append(to: &out)
    try target.write(out.bytes, at: 0)
    try target.synchronize()
  }

  /// Puts it at `place`, which may have a journal of another log: that is stale by the generation
  /// (see `generation(beside:)`), and removed.
  mutating func take(place: String, system: any Syscalls) throws(MimirError) {
    try target.take(place: place)
    _ = Journal.path(for: place).withCString { system.unlink($0) }
  }

  /// Gives the file back, for who puts it in its place in another way.
  package consuming func takeTarget() -> ReplacementFile { target }

  /// A generation for a new log at `path`, such that a journal which is there already is never
  /// redone over it.
  package static func generation(beside path: String, system: any Syscalls) throws(MimirError)
    -> UInt64
  {
    guard let journal = try JournalFile.find(beside: path, system: system)?.journal else {
      return 0
    }
    return max(journal.generation, journal.header.generation) &+ 1
  }
}
