/// Undoes the escapes of checked JSON strings.
package enum JSONEscape {
  static func hexValue(_ byte: UInt8) -> UInt16? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte &- UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte &- UInt8(ascii: "a") &+ 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte &- UInt8(ascii: "A") &+ 10)
    default: nil
    }
  }

  package static func string(_ raw: UnsafeRawBufferPointer) -> String {
    raw.contains(UInt8(ascii: "\\"))
      ? String(decoding: bytes(raw), as: UTF8.self) : String(decoding: raw, as: UTF8.self)
  }

  /// The text between the quotes, as UTF-8. An escape that is none stays as it is.
  package static func bytes(_ raw: UnsafeRawBufferPointer) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(raw.count)
    var at = 0
    while at < raw.count {
      guard raw[at] == UInt8(ascii: "\\"), at + 1 < raw.count else {
        result.append(raw[at])
        at += 1
        continue
      }
      switch raw[at + 1] {
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0c)
      case UInt8(ascii: "n"): result.append(0x0a)
      case UInt8(ascii: "r"): result.append(0x0d)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "u"):
        let (scalar, length) = self.scalar(raw, at)
        result.append(contentsOf: String(Character(scalar)).utf8)
        at += length
        continue
      case let other: result.append(other)
      }
      at += 2
    }
    return result
  }

  /// The character that \u, or a pair of them, stands for, and the length of the escape.
  private static func scalar(
    _ raw: UnsafeRawBufferPointer, _ at: Int
  ) -> (scalar: Unicode.Scalar, length: Int) {
    let high = unit(raw, at)
    if let scalar = Unicode.Scalar(high) { return (scalar, 6) }
    let low = unit(raw, at + 6)
    guard high & 0xfc00 == 0xd800, low & 0xfc00 == 0xdc00 else { return ("\u{fffd}", 6) }
    let value = 0x10000 + (UInt32(high & 0x3ff) << 10 | UInt32(low & 0x3ff))
    return (Unicode.Scalar(value) ?? "\u{fffd}", 12)
  }

  /// The code unit of the escape at an offset; 0 where there is none.
  private static func unit(_ raw: UnsafeRawBufferPointer, _ at: Int) -> UInt16 {
    guard at + 6 <= raw.count, raw[at] == UInt8(ascii: "\\"), raw[at + 1] == UInt8(ascii: "u")
    else { return 0 }
    return raw[(at + 2)..<(at + 6)].reduce(0) { $0 << 4 | (hexValue($1) ?? 0) }
  }
}
