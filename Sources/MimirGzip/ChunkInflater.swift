import MimirBase

/// Inflates one chunk at a time.
struct ChunkInflater: ~Copyable {
  enum Outcome: Equatable {
    /// The chunk ends there.
    case whole(end: Int)
    /// The file ends within it. The text is what was there.
    case cut
    case damaged
  }

  /// A line that is a chunk of its own.
  private static let largestText = (1 << 30) + (1 << 20)
  private static let windowSize = 64 << 10

  private var inflater: Inflater
  private var window = ByteBuffer()

  init() throws(MimirError) { inflater = try Inflater(.raw) }

  /// Inflates the chunk at `start`, none of which lies behind `limit`, into `out`.
  mutating func inflate(
    _ bytes: LogBytes, at start: Int, limit: Int, into out: inout ByteBuffer
  ) throws(MimirError) -> Outcome {
    inflater.reset()
    out.truncate(to: 0)
    var offset = start
    while true {
      window.truncate(to: 0)
      try bytes.read(min(Self.windowSize, limit - offset), at: offset, into: &window)
      if window.isEmpty { return offset < limit ? .cut : .damaged }
      var position = 0
      switch run(&position, &out) {
      case .border: return .whole(end: offset + position)
      case .hungry: offset += window.count
      default: return .damaged
      }
    }
  }

  /// Inflates what is in the window: `.border` at the chunk's end, `.hungry` when more is needed.
  private mutating func run(
    _ position: inout Int, _ out: inout ByteBuffer
  ) -> Inflater.Step {
    while true {
      let step = inflater.run(
        window.bytes, &position, into: &out, limit: Self.largestText, stopAtBorders: true)
      guard case .border = step else { return step }
      // A chunk has text; a log's end looks like one without.
      if inflater.flushed, !out.isEmpty { return .border }
      if position == window.count { return .hungry }
    }
  }

  /// Inflates what must be exactly one chunk of not more than `limit` bytes of text.
  mutating func inflate(
    _ chunk: UnsafeRawBufferPointer, into out: inout ByteBuffer, limit: Int
  ) -> Bool {
    inflater.reset()
    out.truncate(to: 0)
    var position = 0
    while position < chunk.count {
      guard
        case .border = inflater.run(
          chunk, &position, into: &out, limit: limit, stopAtBorders: true)
      else { return false }
    }
    return inflater.flushed && !out.isEmpty
  }
}
