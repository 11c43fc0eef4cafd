package import MimirBase

/// Base64 with the standard alphabet and padding (RFC 4648, section 4).
package enum Base64Text {
  /// Appends the bytes as Base64, without quotes.
  package static func append(_ bytes: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    let whole = bytes.count / 3
    let length = (whole + (bytes.count % 3 == 0 ? 0 : 1)) * 4
    let out = buffer.reserve(length + 16)
    var read = 0
    var written = 0
    // A block reads 14 bytes and uses 12.
    while bytes.count &- read >= 14 {
      out.store(encodeBlock(source + read), at: written)
      read &+= 12
      written &+= 16
    }
    withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { last in
      last.initializeMemory(as: UInt8.self, repeating: 0)
      last.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[read...]))
      for block in 0..<2 where written < length {
        guard let start = last.baseAddress else { return }
        out.store(encodeBlock(start + block * 12), at: written)
        written &+= 16
      }
    }
    let padding = (3 &- bytes.count % 3) % 3
    for index in 0..<padding { out[length &- 1 &- index] = UInt8(ascii: "=") }
    buffer.commit(length)
  }

  /// The 16 characters of 12 bytes.
  @inline(__always)
  private static func encodeBlock(_ source: UnsafeRawPointer) -> SIMD16<UInt8> {
    let head = source.loadUnaligned(as: UInt64.self).bigEndian &>> 16
    let tail = source.loadUnaligned(fromByteOffset: 6, as: UInt64.self).bigEndian &>> 16
    let sixes = unsafeBitCast(
      SIMD2(spread(head).bigEndian, spread(tail).bigEndian), to: SIMD16<UInt8>.self)
    // What comes on top after A-Z, after a-z, after 0-9, after +.
    var text = sixes &+ SIMD16(repeating: UInt8(ascii: "A"))
    text &+= SIMD16(6, where: sixes, isAbove: 25)
    text &-= SIMD16(75, where: sixes, isAbove: 51)
    text &-= SIMD16(15, where: sixes, isAbove: 61)
    text &+= SIMD16(3, where: sixes, isAbove: 62)
    return text
  }

  /// 48 bits as eight bytes of 6 bits, in three halvings.
  @inline(__always)
  private static func spread(_ bits: UInt64) -> UInt64 {
    let halves = (bits & 0xffff_ff00_0000) &<< 8 | (bits & 0x00ff_ffff)
    let quarters = (halves & 0x00ff_f000_00ff_f000) &<< 4 | (halves & 0x0000_0fff_0000_0fff)
    return (quarters & 0x0fc0_0fc0_0fc0_0fc0) &<< 2 | (quarters & 0x003f_003f_003f_003f)
  }

  /// The bytes that the text stands for; nil unless it is exactly what `append` writes for them.
  package static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    guard text.count > 0 else { return [] }
    let equals = UInt8(ascii: "=")
    let padding = text[text.count - 1] != equals ? 0 : text[text.count - 2] != equals ? 1 : 2
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    for start in stride(from: 0, to: text.count, by: 4) {
      let isLast = start == text.count - 4
      let missing = isLast ? padding : 0
      var bits: UInt32 = 0
      for index in start..<start + 4 - missing {
        guard let six = value(of: text[index]) else { return nil }
        bits = bits << 6 | six
      }
      bits <<= UInt32(missing) * 6
      bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
      if missing < 2 { bytes.append(UInt8(truncatingIfNeeded: bits >> 8)) }
      if missing < 1 { bytes.append(UInt8(truncatingIfNeeded: bits)) }
      // Bits that belong to no byte are 0, so that each value has one text.
      if missing > 0, bits & (missing == 1 ? 0xff : 0xffff) != 0 { return nil }
    }
    return bytes
  }

  @inline(__always)
  private static func value(of character: UInt8) -> UInt32? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character) + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}

extension SIMD16<UInt8> {
  /// `value` in the lanes where `lanes` is greater than `limit`, 0 in the others.
  @inline(__always)
  fileprivate init(_ value: UInt8, where lanes: Self, isAbove limit: UInt8) {
    // Of the comparisons only `.<` becomes an instruction; the others are generic loops.
    let above = Self(repeating: limit) .< lanes
    self = Self(repeating: 0).replacing(with: Self(repeating: value), where: above)
  }
}
