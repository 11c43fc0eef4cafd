/// A decimal number, digits * 10^exponent.
struct ShortestDecimal {
  let digits: UInt64
  let exponent: Int

  private init(digits: UInt64, exponent: Int) {
    self.digits = digits
    self.exponent = exponent
  }

  /// The shortest decimal that reads back to the same double or float, significand * 2^exponent and
  /// not 0, and of those the nearest to it. `nearLower`: the number's lower neighbour is only half as
  /// far as the upper one, since it is a power of two.
  ///
  /// The method is Schubfach (Raffaello Giulietti, "The Schubfach way to render doubles", 2020), with
  /// a shorter way through it for the most common case: let x be the number divided by 10^k, for the
  /// k that makes the gap between neighbours 1 to 10. All within half a gap of x reads back. Then a
  /// multiple of ten in reach is unique and the shortest, and otherwise the integer nearest to x is.
  /// One product in fixed point decides that, unless it is too close for its last bits.
  @inline(__always)
  init(significand: UInt64, exponent: Int, nearLower: Bool) {
    if !nearLower {
      let k = PowersOfTen.floorLog10(ofTwoTo: exponent)
      let scale = Scale(exponent: exponent, k: k)
      let (integer, fraction) = scale.apply(significand)

      // In fixed point with 60 bits of fraction; the true values are up to 1.1 units greater.
      let lastDigit = integer % 10
      let ten: UInt64 = 10 &<< 60
      let rest = (lastDigit &<< 60) | (fraction &>> 4)
      let halfGap = scale.halfGap
      let sum = rest &+ halfGap
      // Not within a few units of a border: rest = halfGap, sum = ten, fraction = 1/2.
      if rest &- halfGap &+ 1 > 2, ten &- sum > 2, fraction != 1 &<< 63 {
        // Without branches: which case a number is cannot be predicted.
        let up = UInt64(sum > ten)
        let isTens = 0 &- (up | UInt64(rest < halfGap))
        let tens = integer &- lastDigit &+ up &* 10
        let nearest = integer &+ (fraction &>> 63)
        self.init(digits: nearest ^ ((nearest ^ tens) & isTens), exponent: k)
        return
      }
    }
    self.init(carefully: significand, exponent: exponent, nearLower: nearLower)
  }

  /// The whole method. The low two bits below the integers stand for "one half or more" and "not
  /// exact", which is all that comparisons need.
  @inline(never)
  private init(carefully significand: UInt64, exponent: Int, nearLower: Bool) {
    let k =
      nearLower
      ? PowersOfTen.floorLog10(ofThreeQuartersTwoTo: exponent)
      : PowersOfTen.floorLog10(ofTwoTo: exponent)
    let scale = Scale(exponent: exponent, k: k)
    let four = significand &<< 2
    let value = scale.applyToOdd(four)
    // A border reads back if the significand is even: reading rounds a tie to even.
    let open = significand & 1
    let lower = scale.applyToOdd(four &- (nearLower ? 1 : 2)) &+ open
    let upper = scale.applyToOdd(four &+ 2) &- open

    let floor = value &>> 2
    let tens = floor / 10
    if tens > 0 {
      let downReads = lower <= 40 &* tens
      let upReads = 40 &* tens &+ 40 <= upper
      if downReads != upReads {
        self.init(digits: tens &+ (upReads ? 1 : 0), exponent: k &+ 1)
        return
      }
    }
    let down = floor &<< 2
    let downReads = lower <= down
    let upReads = down &+ 4 <= upper
    let nearerUp = value > down &+ 2 || (value == down &+ 2 && floor & 1 == 1)
    let up = downReads != upReads ? upReads : nearerUp
    self.init(digits: floor &+ (up ? 1 : 0), exponent: k)
  }
}

/// Multiplies integers by 2^exponent / 10^k, which is 0.75 to 10.
private struct Scale {
  let power: (high: UInt64, low: UInt64)
  /// 1 to 4: what the power lacks to the right place in the product.
  let shift: UInt64

  @inline(__always)
  init(exponent: Int, k: Int) {
    power = PowersOfTen.significand(-k)
    shift = UInt64(truncatingIfNeeded: exponent &+ PowersOfTen.floorLog2(ofTenTo: -k) &+ 1)
  }

  @inline(__always)
  func apply(_ number: UInt64) -> (integer: UInt64, fraction: UInt64) {
    let number = number &<< shift
    let carry = power.low.multipliedFullWidth(by: number).high
    let product = power.high.multipliedFullWidth(by: number)
    let (fraction, overflow) = product.low.addingReportingOverflow(carry)
    return (product.high &+ (overflow ? 1 : 0), fraction)
  }

  /// The integer part, made odd if the product is not exact. A fraction of 1 is the error of `power`.
  @inline(__always)
  func applyToOdd(_ number: UInt64) -> UInt64 {
    let (integer, fraction) = apply(number)
    return integer | (fraction > 1 ? 1 : 0)
  }

  /// Half of the scale itself, with 60 bits of fraction.
  @inline(__always)
  var halfGap: UInt64 { power.high &>> (5 &- shift) }
}
