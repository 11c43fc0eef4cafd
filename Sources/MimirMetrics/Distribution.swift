/// Count, sum, extremes and percentiles of any number of values, in memory that does not grow with
/// their number.
///
/// Values are counted in buckets: each power of two has 64, of which a value's sign, exponent and first
/// six bits tell the one. The middle of a bucket is within 0.8 % of all that is in it.
struct Distribution {
  private(set) var count: UInt64 = 0
  private(set) var nonfinite: UInt64 = 0
  private(set) var sum = 0.0
  private(set) var min = Double.infinity
  private(set) var max = -Double.infinity
  private var buckets: [UInt32: UInt64] = [:]

  /// How many of a double's bits don't tell buckets apart.
  private static let rest: UInt64 = 52 - 6

  mutating func record(_ value: Double) {
    guard value.isFinite else {
      nonfinite &+= 1
      return
    }
    count &+= 1
    sum += value
    min = Swift.min(min, value)
    max = Swift.max(max, value)
    buckets[Self.bucket(of: value), default: 0] &+= 1
  }

  /// Between the extremes also when the sum is past the range of a double.
  var mean: Double { Swift.min(Swift.max(sum / Double(count), min), max) }

  /// Each the value that so great a part of all does not exceed (nearest rank); of ascending parts.
  func quantiles(_ parts: [Double]) -> [Double] {
    var results: [Double] = []
    var seen: UInt64 = 0
    for (bucket, occurrences) in buckets.sorted(by: { $0.key < $1.key }) {
      seen &+= occurrences
      while results.count < parts.count, Double(seen) >= parts[results.count] * Double(count) {
        results.append(Swift.min(Swift.max(Self.middle(of: bucket), min), max))
      }
    }
    return results
  }

  /// Buckets are in the order of their values.
  static func bucket(of value: Double) -> UInt32 {
    let bits = value.bitPattern
    let ordered = bits >> 63 == 0 ? bits | 1 << 63 : ~bits
    return UInt32(truncatingIfNeeded: ordered >> rest)
  }

  static func middle(of bucket: UInt32) -> Double {
    let ordered = UInt64(bucket) << rest | 1 << (rest - 1)
    let value = Double(bitPattern: ordered >> 63 == 0 ? ~ordered : ordered ^ 1 << 63)
    return value.isNormal ? value : 0
  }
}
