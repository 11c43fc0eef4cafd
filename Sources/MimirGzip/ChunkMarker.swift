import MimirBase

/// Finds the four bytes that end a chunk. They may also occur inside one.
enum ChunkMarker {
  static let size = 4
  private static let window = 256 << 10

  /// Whether a marker ends at `end`.
  @inline(__always)
  static func ends(at end: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
    bytes[end - 1] == 0xFF && bytes[end - 2] == 0xFF && bytes[end - 3] == 0 && bytes[end - 4] == 0
  }

  /// The end of the first marker that ends behind `start` and lies whole in `bytes`.
  static func first(in bytes: UnsafeRawBufferPointer, after start: Int) -> Int? {
    var end = max(start + 1, size)
    while end <= bytes.count {
      switch bytes[end - 1] {
      case 0xFF:
        if ends(at: end, in: bytes) { return end }
        end += 1
      // The marker's first or second byte.
      case 0: end += 2
      default: end += 4
      }
    }
    return nil
  }

  /// The same in a file, between `start` and `limit`.
  static func first(
    in bytes: LogBytes, after start: Int, limit: Int
  ) throws(MimirError) -> Int? {
    var window = ByteBuffer()
    var offset = max(start + 1 - size, GzipHeader.size)
    while offset + size <= limit {
      window.truncate(to: 0)
      try bytes.read(min(Self.window, limit - offset), at: offset, into: &window)
      if let end = first(in: window.bytes, after: max(start - offset, 0)) { return offset + end }
      guard window.count >= size else { return nil }
      offset += window.count - (size - 1)
    }
    return nil
  }

  /// The end of the last marker that ends before `limit`.
  static func last(in bytes: LogBytes, before limit: Int) throws(MimirError) -> Int? {
    var window = ByteBuffer()
    // Small at first: the last chunk is seldom far.
    var size = 64 << 10
    // The header of a file that was cut short, or made up, may point far behind its end.
    var top = min(limit - 1, try bytes.end())
    while top - Self.size >= GzipHeader.size {
      let offset = max(top - size, GzipHeader.size)
      window.truncate(to: 0)
      try bytes.read(top - offset, at: offset, into: &window)
      var end = window.count
      while end >= Self.size {
        if ends(at: end, in: window.bytes) { return offset + end }
        end -= 1
      }
      top = offset + Self.size - 1
      size = Self.window
      if offset == GzipHeader.size { return nil }
    }
    return nil
  }
}
