import Glibc
package import MimirBase
package import MimirIO

/// Follows one of Mímir's gzip logs, at the cost of what is new. See docs/format.md.
///
/// What has been given is known by its place in the text. Chunks never move or change, and each
/// header's tail offset is where one begins; the tail moves with each compaction. The header's CRC
/// of the chunks' text is compared behind the last one, when all of them were read.
package final class GzipFollower: TextFollower {
  /// While a write or a compaction is under way: times to look, microseconds between them.
  private static let tries = 30
  private static let pause: UInt32 = 200

  let bytes: LogBytes
  var inflater: ChunkInflater
  /// The next chunk: where it begins in the file, and in the text.
  var chunk = (offset: GzipHeader.size, text: UInt64(0))
  /// CRC of the text before it; nil while that is not known.
  var sum: UInt32? = 0
  /// Bytes of text that were given.
  var given: UInt64 = 0
  var mark = TextMark()
  private var known: GzipHeader?
  /// The chunks' first bytes.
  private var head: [UInt8] = []
  /// In the tail of the known header: behind lines that were given.
  private var place = TailWalk.Place(offset: GzipHeader.size, length: 0, crc: 0)
  /// What a killed writer left, while the chunks before it are read.
  private var left: LogTail?
  /// To be told once what was read with it has been given.
  private var damage: MimirError?
  /// When there was nothing more to give.
  private var seen: FileStamp?

  package init(
    _ file: consuming FileDescriptor, path: String, system: any Syscalls
  ) throws(MimirError) {
    bytes = LogBytes(file, path: path, system: system)
    inflater = try ChunkInflater()
  }

  /// Whether a file's first bytes are those of a log of Mímir's.
  package static func follows(_ start: UnsafeRawBufferPointer) -> Bool {
    GzipHeader.isMarked(start)
  }

  package func read(into out: inout ByteBuffer) throws(MimirError) -> FollowStep {
    out.truncate(to: 0)
    if let damage {
      self.damage = nil
      throw damage
    }
    if let left { return try finish(left, into: &out) }
    let stamp = FileStamp(try bytes.file.status(of: bytes.path))
    guard stamp != seen else { return .nothing }
    for attempt in 0..<Self.tries {
      if attempt > 5 { usleep(Self.pause) }
      guard let header = try bytes.header() else { continue }
      guard try take(header) else { return .replaced }
      if chunk.offset < header.tailOffset {
        let step = try readChunk(before: header, into: &out)
        if step == .nothing { seen = stamp }
        return step
      }
      guard let isSame = try readTail(into: &out) else { continue }
      seen = stamp
      return isSame ? (out.isEmpty ? .nothing : .text) : .replaced
    }
    return try settle(stamp, into: &out)
  }

  /// False when it is not that of the log that was read before.
  func take(_ header: GzipHeader) throws(MimirError) -> Bool {
    if let known, header.generation == known.generation {
      return header.tailOffset == known.tailOffset && header.prefixLength == known.prefixLength
        && header.prefixCRC == known.prefixCRC
    }
    if let known {
      guard header.generation > known.generation, header.tailOffset >= known.tailOffset,
        header.prefixLength >= known.prefixLength
      else { return false }
    }
    guard try hasSameHead(header) else { return false }
    known = header
    place = TailWalk.Place(
      offset: header.tailOffset, length: header.prefixLength, crc: header.prefixCRC)
    if given >= header.prefixLength {
      chunk = (header.tailOffset, header.prefixLength)
      sum = header.prefixCRC
    }
    return true
  }

  private func hasSameHead(_ header: GzipHeader) throws(MimirError) -> Bool {
    var start = ByteBuffer()
    try bytes.read(min(64, header.tailOffset - GzipHeader.size), at: GzipHeader.size, into: &start)
    guard start.bytes.starts(with: head) else { return false }
    head = Array(start.bytes)
    return true
  }

  private func readChunk(
    before header: GzipHeader, into out: inout ByteBuffer
  ) throws(MimirError) -> FollowStep {
    let (offset, start) = chunk
    let outcome = try inflater.inflate(bytes, at: offset, limit: header.tailOffset, into: &out)
    let text = start &+ UInt64(out.count)
    if case .whole(let end) = outcome, end < header.tailOffset || text == header.prefixLength {
      chunk = (end, text)
      sum = sum.map { CRC32.update($0, out.bytes) }
      if end == header.tailOffset { checkSum(header) }
      guard text > given else {
        out.truncate(to: 0)
        return .text
      }
      return dropGiven(of: &out, from: start) ? .text : .replaced
    }
    // It may have been emptied, and filled again, since.
    guard let now = try bytes.header() else {
      out.truncate(to: 0)
      return .nothing
    }
    guard try take(now) else { return .replaced }
    guard outcome == .cut else { throw damaged(at: offset) }
    // A copy that is cut short, or not done.
    left = nil
    bytes.dropJournal()
    guard keepNew(of: &out, from: start) else { return .replaced }
    return out.isEmpty ? .nothing : .text
  }

  private func checkSum(_ header: GzipHeader) {
    if let sum, sum != header.prefixCRC {
      damage = MimirError(
        .corrupt,
        "\(bytes.path) is damaged: the CRC of its compressed entries does not fit; "
          + "some of them may be wrong")
    }
    sum = header.prefixCRC
  }

  /// Reads what has come to the tail. Returns whether it goes on after what was given; nil when it
  /// could not be read as it was at one moment.
  private func readTail(into out: inout ByteBuffer) throws(MimirError) -> Bool? {
    out.truncate(to: 0)
    var walk = TailWalk(from: place)
    let outcome = try walk.run(bytes.file, size: .max, path: bytes.path) {
      block throws(MimirError) in out.append(block)
    }
    guard outcome == .complete else { return nil }
    let start = place.length
    place = walk.wholeLines
    return keepNew(of: &out, from: start)
  }

  /// Leaves the whole lines that have not been given of text that begins at `start`. False when the
  /// text does not go on after what was given.
  private func keepNew(of out: inout ByteBuffer, from start: UInt64) -> Bool {
    guard given >= start, given - start <= UInt64(out.count) else { return false }
    let newline = ByteSearch.last([UInt8(ascii: "\n")], in: out.bytes) ?? -1
    out.truncate(to: max(newline + 1, Int(given - start)))
    return dropGiven(of: &out, from: start)
  }

  private func dropGiven(of out: inout ByteBuffer, from start: UInt64) -> Bool {
    guard given >= start, given - start <= UInt64(out.count) else { return false }
    let old = Int(given - start)
    guard mark.ends(UnsafeRawBufferPointer(rebasing: out.bytes[..<old])) else { return false }
    out.removeFirst(old)
    given += UInt64(out.count)
    mark.move(behind: out.bytes)
    return true
  }

  /// The tail does not come right: its writer was killed, or stands still.
  private func settle(
    _ stamp: FileStamp, into out: inout ByteBuffer
  ) throws(MimirError) -> FollowStep {
    let isLive = FileLock.isOwned(bytes.file)
    let tail = try bytes.readTail()
    guard !tail.report.damaged else {
      bytes.dropJournal()
      if isLive { return .nothing }
      out.truncate(to: 0)
      out.append(tail.text.bytes)
      guard keepNew(of: &out, from: tail.header.prefixLength), !out.isEmpty else {
        throw MimirError(.corrupt, tail.report.message ?? "\(bytes.path) is damaged")
      }
      return .text
    }
    seen = stamp
    left = tail
    return try finish(tail, into: &out)
  }

  private func finish(
    _ tail: LogTail, into out: inout ByteBuffer
  ) throws(MimirError) -> FollowStep {
    // The last ones may lie in the journal of a compaction.
    if given < tail.header.prefixLength, chunk.offset < tail.header.tailOffset {
      return try readChunk(before: tail.header, into: &out)
    }
    left = nil
    bytes.dropJournal()
    out.truncate(to: 0)
    out.append(tail.text.bytes)
    guard keepNew(of: &out, from: tail.header.prefixLength) else { return .replaced }
    return out.isEmpty ? .nothing : .text
  }

  func damaged(at offset: Int) -> MimirError {
    MimirError(.corrupt, "\(bytes.path) is damaged at byte \(offset)")
  }
}
