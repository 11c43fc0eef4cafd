import MimirBase
import MimirIO

/// The text of a Mímir log: chunks, then the tail.
final class LogText: TextSource {
  private let bytes: LogBytes
  private var inflater: ChunkInflater
  private var pool: ChunkPool?
  /// Of the next chunk.
  private(set) var position: Int
  /// So far the file is known to be chunks.
  private var limit: Int
  /// The text of the chunk before `position`, when that is known already.
  private var known = ByteBuffer()
  private var tail: LogTail?
  private var tailDone = false
  /// Of all text so far; nil when some was left out.
  private var sum: (length: UInt64, crc: UInt32)? = (0, 0)
  private var lastHeader: GzipHeader
  private(set) var report = ReadReport()

  init(_ bytes: LogBytes, _ header: GzipHeader) throws(MimirError) {
    self.bytes = bytes
    inflater = try ChunkInflater()
    position = GzipHeader.size
    limit = header.tailOffset
    lastHeader = header
  }

  /// Begins where a search from the end has led, and ends with the tail that it has found.
  init(_ bytes: LogBytes, _ start: borrowing LogSearch.Start) throws(MimirError) {
    self.bytes = bytes
    inflater = try ChunkInflater()
    position = start.position
    tail = start.tail
    limit = start.tail.header.tailOffset
    lastHeader = start.tail.header
    if position > GzipHeader.size { sum = nil }
    guard let end = start.end else { return }
    known.append(start.text.bytes)
    position = end
    if sum != nil { count(known, crc: CRC32.update(0, known.bytes)) }
  }

  func read(into out: inout ByteBuffer) throws(MimirError) -> TextStep {
    if !known.isEmpty {
      swap(&out, &known)
      known = ByteBuffer()
      return .text
    }
    while true {
      if position < limit { return try readChunk(into: &out) }
      pool = nil
      guard let tail else {
        try takeTail()
        continue
      }
      if tailDone { return .end }
      tailDone = true
      checkSum(tail.header)
      report.add(tail.report)
      out.truncate(to: 0)
      out.append(tail.text.bytes)
      return .text
    }
  }

  private func takeTail() throws(MimirError) {
    let new = try bytes.readTail()
    // The log was emptied by its writer: what was read belongs to what is gone.
    if new.header.generation < lastHeader.generation || new.header.tailOffset < position {
      let gone = LogTail(lastHeader, ByteBuffer())
      gone.report = new.report
      gone.report.note(damage: "\(bytes.path) was emptied while it was read")
      sum = nil
      tail = gone
    } else {
      tail = new
      limit = new.header.tailOffset
    }
  }

  private func checkSum(_ header: GzipHeader) {
    guard let sum, sum.length != header.prefixLength || sum.crc != header.prefixCRC else { return }
    report.note(
      damage: "\(bytes.path) is damaged: the CRC of its compressed entries does not fit; "
        + "some of them may be wrong")
  }

  private func readChunk(into out: inout ByteBuffer) throws(MimirError) -> TextStep {
    if pool == nil { pool = ChunkPool(bytes, from: position, to: limit) }
    if let pool {
      if let chunk = pool.take(into: &out), chunk.start == position {
        position = chunk.end
        count(out, crc: chunk.crc)
        return .text
      }
      self.pool = nil
    }
    switch try inflater.inflate(bytes, at: position, limit: limit, into: &out) {
    case .whole(let end):
      if try runsOver(end) {
        try resynchronize(&out)
        return .gap
      }
      position = end
      count(out, crc: CRC32.update(0, out.bytes))
      return .text
    case .cut:
      noteCut(out.count)
      out.truncate(to: (out.bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)
      return .text
    case .damaged:
      try resynchronize(&out)
      return .gap
    }
  }

  private func count(_ text: borrowing ByteBuffer, crc: UInt32) {
    guard let sum else { return }
    self.sum = (
      sum.length &+ UInt64(text.count), CRC32.combine(sum.crc, crc, secondLength: text.count)
    )
  }

  /// Whether the chunk at `position`, which seems to end at `end`, has run over the border of another
  /// one: chunks of one log have much the same code, so a damaged one can fall into step with the next.
  private func runsOver(_ end: Int) throws(MimirError) -> Bool {
    guard let marker = try ChunkMarker.first(in: bytes, after: position, limit: end), marker < end
    else { return false }
    var text = ByteBuffer()
    return try inflater.inflate(bytes, at: marker, limit: limit, into: &text) != .damaged
  }

  private func noteCut(_ count: Int) {
    report.note(
      torn: "\(bytes.path) is cut short within its compressed entries; what was cut off is left out"
    )
    sum = nil
    position = limit
  }

  /// Goes on at the next chunk that can be read.
  private func resynchronize(_ out: inout ByteBuffer) throws(MimirError) {
    var (next, found) = (position, limit)
    while let end = try ChunkMarker.first(in: bytes, after: next, limit: limit), end < limit {
      next = end
      if try inflater.inflate(bytes, at: next, limit: limit, into: &out) != .damaged {
        found = next
        break
      }
    }
    report.note(
      damage: "\(bytes.path) is damaged: entries at byte \(position) can't be read",
      skipped: found - position)
    position = found
    sum = nil
    out.truncate(to: 0)
  }
}
