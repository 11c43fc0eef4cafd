/// Puts the digits of a decimal number where Python's `repr` has them.
enum FloatLayout {
  private static let tenTo8: UInt64 = 100_000_000
  private static let tenTo16: UInt64 = 10_000_000_000_000_000

  /// Writes a decimal of 1 to 17 digits, not 0, to `out`; at most 24 bytes.
  @inline(__always)
  static func write(_ decimal: ShortestDecimal, to out: UnsafeMutablePointer<UInt8>) -> Int {
    let digits = Digits(decimal)
    if digits.exponent >= 0, digits.exponent < 16 { return writeAboveOne(digits, to: out) }
    if digits.exponent >= -4, digits.exponent < 0 { return writeBelowOne(digits, to: out) }
    return writeScientific(digits, to: out)
  }

  /// Always 17 digits as text, `count` of them up to the last that is not 0; the first one stands
  /// for 10^exponent.
  private struct Digits {
    let first: UInt8
    let rest: SIMD16<UInt8>
    let count: Int
    let exponent: Int

    @inline(__always)
    init(_ decimal: ShortestDecimal) {
      // Doubles other than the tiniest have 16 or 17 digits, which cannot be predicted, so without a
      // branch; floats have about 8.
      let isShort = UInt64(decimal.digits < tenTo16)
      var number = decimal.digits &+ decimal.digits &* 9 &* isShort
      var exponent = decimal.exponent &+ 16 &- Int(truncatingIfNeeded: isShort)
      if number < tenTo16 { (number, exponent) = FloatLayout.widen(number, exponent) }
      let (high, low) = number.quotientAndRemainder(dividingBy: tenTo8)
      let (first, middle) = high.quotientAndRemainder(dividingBy: tenTo8)
      let middleDigits = DecimalDigits.eight(middle)
      let lowDigits = DecimalDigits.eight(low)
      let zeros =
        lowDigits != 0
        ? lowDigits.trailingZeroBitCount : 64 &+ middleDigits.trailingZeroBitCount
      self.first = UInt8(truncatingIfNeeded: first) | 0x30
      rest = unsafeBitCast(
        SIMD2(DecimalDigits.text(middleDigits), DecimalDigits.text(lowDigits)),
        to: SIMD16<UInt8>.self)
      count = 17 &- zeros &>> 3
      self.exponent = exponent
    }
  }

  /// Appends zeros, 15 at most, up to 17 digits.
  @inline(never)
  private static func widen(_ number: UInt64, _ exponent: Int) -> (UInt64, Int) {
    var number = number
    var exponent = exponent
    func append(_ zeros: Int, _ power: UInt64) {
      let fits = UInt64(number < tenTo16 / (power / 10))
      number &+= number &* (power &- 1) &* fits
      exponent &-= zeros &* Int(truncatingIfNeeded: fits)
    }
    append(8, tenTo8)
    append(4, 10_000)
    append(2, 100)
    append(1, 10)
    return (number, exponent)
  }

  /// `1.5`, `123.0`
  @inline(__always)
  private static func writeAboveOne(
    _ digits: Digits, to out: UnsafeMutablePointer<UInt8>
  ) -> Int {
    // Digits up to the dot at their place, those after it one further.
    let place = SIMD16<UInt8>(repeating: UInt8(truncatingIfNeeded: digits.exponent))
    out.pointee = digits.first
    out.store(digits.rest, at: 2)
    let shifted = UnsafeRawPointer(out).loadUnaligned(fromByteOffset: 1, as: SIMD16<UInt8>.self)
    let places = SIMD16<UInt8>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    let text = shifted.replacing(with: digits.rest, where: places .< place)
    out.store(text, at: 1)
    out[digits.exponent &+ 1] = UInt8(ascii: ".")
    return 1 &+ max(digits.count, digits.exponent &+ 2)
  }

  /// `0.5`, `0.00015`
  @inline(__always)
  private static func writeBelowOne(
    _ digits: Digits, to out: UnsafeMutablePointer<UInt8>
  ) -> Int {
    out.store(DecimalDigits.zeros, at: 0)
    out[1] = UInt8(ascii: ".")
    let start = 1 &- digits.exponent
    out[start] = digits.first
    out.store(digits.rest, at: start &+ 1)
    return start &+ digits.count
  }

  /// `1e-05`, `1.5e+300`
  @inline(__always)
  private static func writeScientific(
    _ digits: Digits, to out: UnsafeMutablePointer<UInt8>
  ) -> Int {
    out.pointee = digits.first
    out[1] = UInt8(ascii: ".")
    out.store(digits.rest, at: 2)
    var end = digits.count == 1 ? 1 : digits.count &+ 1
    out[end] = UInt8(ascii: "e")
    out[end &+ 1] = digits.exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")
    end &+= 2
    var magnitude = digits.exponent.magnitude
    if magnitude >= 100 {
      out[end] = 0x30 | UInt8(truncatingIfNeeded: magnitude / 100)
      magnitude %= 100
      end &+= 1
    }
    out[end] = 0x30 | UInt8(truncatingIfNeeded: magnitude / 10)
    out[end &+ 1] = 0x30 | UInt8(truncatingIfNeeded: magnitude % 10)
    return end &+ 2
  }
}
