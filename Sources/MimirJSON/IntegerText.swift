/// Integers as decimal text.
package enum IntegerText {
  /// Writes a signed integer to `out`, at most 20 bytes; returns how many.
  package static func write(_ value: Int64, to out: UnsafeMutablePointer<UInt8>) -> Int {
    out.pointee = UInt8(ascii: "-")
    let sign = value < 0 ? 1 : 0
    return sign + write(value.magnitude, to: out + sign)
  }

  /// Writes an unsigned integer to `out`, at most 20 bytes; returns how many.
  package static func write(_ value: UInt64, to out: UnsafeMutablePointer<UInt8>) -> Int {
    let hundredMillion: UInt64 = 100_000_000
    if value < hundredMillion { return writeLeading(value, to: out) }
    let (high, low) = value.quotientAndRemainder(dividingBy: hundredMillion)
    let count: Int
    if high < hundredMillion {
      count = writeLeading(high, to: out)
    } else {
      let (top, middle) = high.quotientAndRemainder(dividingBy: hundredMillion)
      let topCount = writeLeading(top, to: out)
      out.store(DecimalDigits.text(DecimalDigits.eight(middle)), at: topCount)
      count = topCount + 8
    }
    out.store(DecimalDigits.text(DecimalDigits.eight(low)), at: count)
    return count + 8
  }

  /// Writes a number below 10^8 without its leading zeros: eight bytes are stored, and how many of
  /// them count is returned.
  @inline(__always)
  private static func writeLeading(_ number: UInt64, to out: UnsafeMutablePointer<UInt8>) -> Int {
    let digits = DecimalDigits.eight(number)
    let zeros = (digits | 1).leadingZeroBitCount >> 3
    out.store(DecimalDigits.text(digits << UInt64(truncatingIfNeeded: zeros << 3)), at: 0)
    return 8 - zeros
  }
}
