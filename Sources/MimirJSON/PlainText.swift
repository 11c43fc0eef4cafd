/// Copies text that stands for itself in a JSON string: ASCII without controls, `"` and `\`.
enum PlainText {
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// Copies up to `count` bytes and returns how many: all, or those before a block of at most 16 that
  /// has another byte in it. Reads and writes nothing past `count`.
  @inline(__always)
  static func copy(
    _ source: UnsafeRawPointer, count: Int, to out: UnsafeMutablePointer<UInt8>
  ) -> Int {
    // Blocks that overlap, so that no length needs a loop over single bytes.
    if count > 16 { return copyLong(source, count: count, to: out) }
    if count >= 8 {
      let last = count &- 8
      let head = source.loadUnaligned(as: UInt64.self)
      let tail = source.loadUnaligned(fromByteOffset: last, as: UInt64.self)
      if (marks(head) | marks(tail)) & highBits != 0 { return 0 }
      out.store(head, at: 0)
      out.store(tail, at: last)
      return count
    }
    if count >= 4 {
      let last = count &- 4
      let head = source.loadUnaligned(as: UInt32.self)
      let tail = source.loadUnaligned(fromByteOffset: last, as: UInt32.self)
      if marks(UInt64(head) | UInt64(tail) << 32) & highBits != 0 { return 0 }
      out.store(head, at: 0)
      out.store(tail, at: last)
      return count
    }
    for index in 0..<count {
      let byte = source.load(fromByteOffset: index, as: UInt8.self)
      if !isPlain(byte) { return index }
      out[index] = byte
    }
    return count
  }

  private static func copyLong(
    _ source: UnsafeRawPointer, count: Int, to out: UnsafeMutablePointer<UInt8>
  ) -> Int {
    let last = count &- 16
    var offset = 0
    while true {
      let block = source.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
      let words = unsafeBitCast(marks(block), to: SIMD2<UInt64>.self)
      if (words.x | words.y) & highBits != 0 { return offset }
      out.store(block, at: offset)
      if offset == last { return count }
      offset = min(offset &+ 16, last)
    }
  }

  @inline(__always)
  static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  /// Has a byte's high bit set if that byte is not plain. A borrow from the byte below may set more,
  /// but only when that one is marked already.
  @inline(__always)
  private static func marks(_ bytes: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let control = bytes &- ones &* 0x20
    let quote = (bytes ^ ones &* 0x22) &- ones
    let backslash = (bytes ^ ones &* 0x5c) &- ones
    return bytes | control | quote | backslash
  }

  @inline(__always)
  private static func marks(_ bytes: SIMD16<UInt8>) -> SIMD16<UInt8> {
    let control = bytes &- SIMD16(repeating: 0x20)
    let quote = (bytes ^ SIMD16(repeating: 0x22)) &- SIMD16(repeating: 1)
    let backslash = (bytes ^ SIMD16(repeating: 0x5c)) &- SIMD16(repeating: 1)
    return bytes | control | quote | backslash
  }
}
