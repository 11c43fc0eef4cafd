/// Floating-point numbers as the shortest decimal text that reads back to the same bits, laid out as
/// Python's `repr` does: `1.0`, `0.0001`, `1e-05`, `123456.5`, `1e+16`; and `NaN`, `Infinity`.
package enum FloatText {
  /// Writes a double to `out`, at most 32 bytes; returns how many.
  package static func write(_ value: Double, to out: UnsafeMutablePointer<UInt8>) -> Int {
    let bits = value.bitPattern
    let sign = Int(truncatingIfNeeded: bits &>> 63)
    out.pointee = UInt8(ascii: "-")
    let start = out + sign

    let fraction = bits & (1 &<< 52 &- 1)
    let biased = Int(truncatingIfNeeded: bits &>> 52) & 0x7ff
    var significand = fraction | 1 &<< 52
    var exponent = biased &- 1075
    if UInt(bitPattern: -exponent) <= 52 {
      let places = UInt64(truncatingIfNeeded: -exponent)
      if significand & (1 &<< places &- 1) == 0 {
        return sign &+ writeInteger(significand &>> places, to: start)
      }
    } else if biased == 0 {
      if fraction == 0 { return sign &+ writeInteger(0, to: start) }
      significand = fraction
      exponent = -1074
    } else if biased == 0x7ff {
      return writeNonfinite(isNaN: fraction != 0, sign: sign, to: out)
    }
    let decimal = ShortestDecimal(
      significand: significand, exponent: exponent, nearLower: fraction == 0 && biased > 1)
    return sign &+ FloatLayout.write(decimal, to: start)
  }

  /// Writes a float to `out`, at most 32 bytes; returns how many.
  package static func write(_ value: Float, to out: UnsafeMutablePointer<UInt8>) -> Int {
    let bits = UInt64(truncatingIfNeeded: value.bitPattern)
    let sign = Int(truncatingIfNeeded: bits &>> 31)
    out.pointee = UInt8(ascii: "-")
    let start = out + sign

    let fraction = bits & (1 &<< 23 &- 1)
    let biased = Int(truncatingIfNeeded: bits &>> 23) & 0xff
    var significand = fraction | 1 &<< 23
    var exponent = biased &- 150
    if UInt(bitPattern: -exponent) <= 23 {
      let places = UInt64(truncatingIfNeeded: -exponent)
      if significand & (1 &<< places &- 1) == 0 {
        return sign &+ writeInteger(significand &>> places, to: start)
      }
    } else if biased == 0 {
      if fraction == 0 { return sign &+ writeInteger(0, to: start) }
      significand = fraction
      exponent = -149
    } else if biased == 0xff {
      return writeNonfinite(isNaN: fraction != 0, sign: sign, to: out)
    }
    let decimal = ShortestDecimal(
      significand: significand, exponent: exponent, nearLower: fraction == 0 && biased > 1)
    return sign &+ FloatLayout.write(decimal, to: start)
  }

  @inline(__always)
  private static func writeInteger(
    _ value: UInt64, to out: UnsafeMutablePointer<UInt8>
  ) -> Int {
    let count = IntegerText.write(value, to: out)
    out.store(UInt16(littleEndian: 0x302e), at: count)  // ".0"
    return count &+ 2
  }

  @inline(never)
  private static func writeNonfinite(
    isNaN: Bool, sign: Int, to out: UnsafeMutablePointer<UInt8>
  ) -> Int {
    let text: StaticString = isNaN ? "NaN" : sign == 0 ? "Infinity" : "-Infinity"
    out.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    return text.utf8CodeUnitCount
  }
}
