import CZlib
import MimirBase

/// Decompresses, and tells at each step where in the input it stands.
struct Inflater: ~Copyable {
  enum Format: Int32 {
    case raw = -15
    case gzip = 31
  }

  enum Step {
    /// More input is needed.
    case hungry
    /// The output reached its limit.
    case full
    /// At the border between two blocks, on a byte border (only when asked for).
    case border
    /// The deflate stream, or with `.gzip` the member, is complete.
    case end
    case corrupt
  }

  private let stream: UnsafeMutablePointer<z_stream>
  /// The last border between blocks: bits taken in, bytes given out.
  private var lastBorder = (bits: 0, out: 0)
  /// Whether the block before the last border is an empty stored one, as a flush makes it. Its last
  /// bytes alone don't tell: other blocks may end in the same ones.
  private(set) var flushed = false

  init(_ format: Format) throws(MimirError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard mimir_inflate_init(stream, format.rawValue) == Z_OK else {
      throw MimirError(.outOfMemory, "no memory to decompress with")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  mutating func reset() {
    inflateReset(stream)
    lastBorder = (0, 0)
    flushed = false
  }

  private mutating func noteBorder() {
    let bits = Int(stream.pointee.total_in) * 8 - Int(stream.pointee.data_type & 7)
    let out = Int(stream.pointee.total_out)
    guard bits > lastBorder.bits else { return }
    // Three bits of header, up to seven of padding, two lengths.
    flushed = out == lastBorder.out && (35...42).contains(bits - lastBorder.bits)
    lastBorder = (bits, out)
  }

  /// Inflates `input` from `position` on, appending to `out` until it holds `limit` bytes.
  mutating func run(
    _ input: UnsafeRawBufferPointer, _ position: inout Int, into out: inout ByteBuffer,
    limit: Int, stopAtBorders: Bool = false
  ) -> Step {
    guard let base = input.baseAddress else { return .hungry }
    while true {
      let given = min(input.count - position, 1 << 30)
      let room = min(limit - out.count, max(16_384, min(given * 4, 1 << 20)))
      if room <= 0 { return .full }
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: (base + position).assumingMemoryBound(to: Bytef.self))
      stream.pointee.avail_in = UInt32(given)
      stream.pointee.next_out = out.reserve(room)
      stream.pointee.avail_out = UInt32(room)
      let status = inflate(stream, stopAtBorders ? Z_BLOCK : Z_NO_FLUSH)
      position += given - Int(stream.pointee.avail_in)
      out.commit(room - Int(stream.pointee.avail_out))
      switch status {
      case Z_STREAM_END: return .end
      case Z_OK, Z_BUF_ERROR:
        // data_type: 128 behind a block, the low bits count the input bits not used yet.
        if stopAtBorders, stream.pointee.data_type & 128 != 0 {
          noteBorder()
          if stream.pointee.data_type & 7 == 0 { return .border }
        }
        if stream.pointee.avail_out > 0, position >= input.count { return .hungry }
        if status == Z_BUF_ERROR, stream.pointee.avail_out > 0 { return .hungry }
      default: return .corrupt
      }
    }
  }
}
