import CZlib
import MimirBase

/// Compresses chunks: each stands alone and ends at a byte border.
struct Deflater: ~Copyable {
  // zlib's state points back at the stream, so that must not move.
  private let stream: UnsafeMutablePointer<z_stream>

  init(level: Int32) throws(MimirError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard mimir_deflate_init(stream, level) == Z_OK else {
      throw MimirError(.outOfMemory, "no memory to compress with")
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Appends one chunk.
  mutating func compress(
    _ text: UnsafeRawBufferPointer, to out: inout ByteBuffer
  ) throws(MimirError) {
    deflateReset(stream)
    // zlib counts in 32 bits; a chunk of more than this is handed over in parts.
    let largestPart = 1 << 30
    var done = 0
    repeat {
      let count = min(text.count - done, largestPart)
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: text.baseAddress?.advanced(by: done).assumingMemoryBound(to: Bytef.self))
      stream.pointee.avail_in = UInt32(count)
      done += count
      let flush = done == text.count ? Z_FULL_FLUSH : Z_NO_FLUSH
      var room = 0
      repeat {
        room = max(count / 4, 4096)
        stream.pointee.next_out = out.reserve(room)
        stream.pointee.avail_out = UInt32(room)
        let status = deflate(stream, flush)
        guard status == Z_OK || status == Z_BUF_ERROR else {
          throw MimirError(.outOfMemory, "zlib cannot compress: status \(status)")
        }
        out.commit(room - Int(stream.pointee.avail_out))
      } while stream.pointee.avail_out == 0
    } while done < text.count
  }
}
