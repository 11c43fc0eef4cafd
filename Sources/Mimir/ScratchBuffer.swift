import MimirBase
import MimirIO

/// The memory in which a thread serializes its entries.
enum ScratchBuffer {
  /// More than this is given back after use.
  private static let kept = 1 << 20

  private static let buffers = PerThread { ByteBuffer() }

  /// Lends an empty buffer.
  static func use<Result>(
    _ body: (inout ByteBuffer) throws(MimirError) -> Result
  ) throws(MimirError) -> Result {
    try buffers.use { buffer throws(MimirError) in
      defer {
        buffer.truncate(to: 0)
        buffer.shrink(to: kept)
      }
      return try body(&buffer)
    }
  }
}
