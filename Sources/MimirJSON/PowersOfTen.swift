/// What scaling a binary floating-point number by a power of ten takes.
enum PowersOfTen {
  /// The exponent of the table's first power.
  static let first = -292

  /// 10^exponent as 128 bits of which the first is set, rounded up; -292 ... 324.
  @inline(__always)
  static func significand(_ exponent: Int) -> (high: UInt64, low: UInt64) {
    let index = (exponent &- first) &* 2
    return halves.withUnsafeBufferPointer { ($0[index], $0[index &+ 1]) }
  }

  /// The largest k for which 10^k <= 2^exponent; exact for all exponents of doubles.
  @inline(__always)
  static func floorLog10(ofTwoTo exponent: Int) -> Int { (exponent &* 1_262_611) >> 22 }

  /// The same of 3/4 * 2^exponent, for numbers whose lower neighbour is nearer than the upper.
  @inline(__always)
  static func floorLog10(ofThreeQuartersTwoTo exponent: Int) -> Int {
    (exponent &* 1_262_611 &- 524_031) >> 22
  }

  /// The largest k for which 2^k <= 10^exponent.
  @inline(__always)
  static func floorLog2(ofTenTo exponent: Int) -> Int { (exponent &* 1_741_647) >> 19 }
}
