import MimirBase
import MimirIO

/// Finds the last lines of a log from its end.
enum LogSearch {
  struct Start: ~Copyable {
    /// Of the chunk where to begin, or of the tail.
    var position: Int
    /// That chunk's text, and where it ends, when it was read whole.
    var text: ByteBuffer
    var end: Int?
    /// How many lines to pass there.
    var lines: Int
    /// Bytes of text from there to the tail; nil when some of it can't be read.
    var length: UInt64?
    var tail: LogTail
    var last: LastLines
  }

  static func start(ofLast count: Int, in bytes: LogBytes) throws(MimirError) -> Start {
    let tail = try bytes.readTail()
    var position = tail.header.tailOffset
    var end: Int?
    var length: UInt64? = 0
    var found = LineSplitter.lines(in: tail.text.bytes)
    var inflater = try ChunkInflater()
    var text = ByteBuffer()
    var (rest, endsLine) = afterLastLine(tail.text.bytes)
    // One line more: only what follows a newline is sure to be a line's beginning.
    while found <= count, position > GzipHeader.size {
      (position, end) = try chunk(before: position, in: bytes, &inflater, &text)
      found += LineSplitter.lines(in: text.bytes)
      length = end == nil ? nil : length.map { $0 &+ UInt64(text.count) }
      guard !endsLine else { continue }
      let before = afterLastLine(text.bytes)
      (rest, endsLine) = (before.text + rest, before.endsLine)
    }
    return Start(
      position: position, text: text, end: end, lines: max(found - count, 0), length: length,
      tail: tail, last: LastLines(count: min(found, count), rest: rest))
  }

  /// What has no newline yet, and whether it follows one.
  private static func afterLastLine(
    _ text: UnsafeRawBufferPointer
  ) -> (text: [UInt8], endsLine: Bool) {
    guard let newline = text.lastIndex(of: UInt8(ascii: "\n")) else { return (Array(text), false) }
    return (Array(text[(newline + 1)...]), true)
  }

  /// The chunk that ends at `end`, or before damage that reaches up to there.
  private static func chunk(
    before end: Int, in bytes: LogBytes, _ inflater: inout ChunkInflater, _ text: inout ByteBuffer
  ) throws(MimirError) -> (start: Int, end: Int?) {
    var start = end
    while start > GzipHeader.size {
      start = try ChunkMarker.last(in: bytes, before: start) ?? GzipHeader.size
      switch try inflater.inflate(bytes, at: start, limit: end, into: &text) {
      case .whole(let end): return (start, end)
      case .cut: return (try cutChunk(from: start, to: end, in: bytes, &inflater, &text), nil)
      case .damaged: continue
      }
    }
    text.truncate(to: 0)
    return (start, nil)
  }

  /// Where the chunk begins within which the file ends. From `start` it can be read to there, but so it
  /// may be from what only looks like a chunk's beginning: the one counts to which whole chunks lead.
  private static func cutChunk(
    from start: Int, to end: Int, in bytes: LogBytes, _ inflater: inout ChunkInflater,
    _ text: inout ByteBuffer
  ) throws(MimirError) -> Int {
    var (found, candidate) = (start, start)
    while candidate > GzipHeader.size {
      candidate = try ChunkMarker.last(in: bytes, before: candidate) ?? GzipHeader.size
      var place = candidate
      chain: while true {
        switch try inflater.inflate(bytes, at: place, limit: end, into: &text) {
        case .whole(let next): place = next
        case .cut where place > candidate: return place
        case .cut:
          found = candidate
          break chain
        case .damaged: break chain
        }
      }
    }
    _ = try inflater.inflate(bytes, at: found, limit: end, into: &text)
    return found
  }
}
