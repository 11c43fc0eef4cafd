/// Well-formed UTF-8 (RFC 3629).
enum UTF8Sequence {
  /// How long the sequence of two to four bytes is that begins here; 0: it is none.
  @inline(__always)
  static func length(_ first: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
    let left = end - first
    let lead = first.pointee
    switch lead {
    case 0xc2...0xdf:
      return left > 1 && isTail(first[1]) ? 2 : 0
    case 0xe0...0xef:
      // No overlong forms, no surrogates.
      let low: UInt8 = lead == 0xe0 ? 0xa0 : 0x80
      let high: UInt8 = lead == 0xed ? 0x9f : 0xbf
      return left > 2 && first[1] >= low && first[1] <= high && isTail(first[2]) ? 3 : 0
    case 0xf0...0xf4:
      // No overlong forms, nothing past U+10FFFF.
      let low: UInt8 = lead == 0xf0 ? 0x90 : 0x80
      let high: UInt8 = lead == 0xf4 ? 0x8f : 0xbf
      return left > 3 && first[1] >= low && first[1] <= high && isTail(first[2])
        && isTail(first[3]) ? 4 : 0
    default:
      return 0
    }
  }

  @inline(__always)
  private static func isTail(_ byte: UInt8) -> Bool { byte & 0xc0 == 0x80 }
}
