import MimirJSON
import Testing

/// What Python's `repr` makes of the digits that Swift's own shortest text has.
private func pythonLayout(of description: String) -> String {
  if description.contains("nan") { return "NaN" }
  switch description {
  case "inf": return "Infinity"
  case "-inf": return "-Infinity"
  default: break
  }
  let isNegative = description.hasPrefix("-")
  let parts = description.drop(while: { $0 == "-" }).split(separator: "e")
  let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
  let fraction = mantissa.count > 1 ? mantissa[1] : ""
  // The number is 0.digits * 10^point.
  var digits = String(mantissa[0] + fraction)
  var point = mantissa[0].count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
  while digits.hasPrefix("0") {
    digits.removeFirst()
    point -= 1
  }
  while digits.hasSuffix("0") { digits.removeLast() }
  var text: String
  if digits.isEmpty {
    text = "0.0"
  } else if point > 16 || point < -3 {
    let exponent = String((point - 1).magnitude)
    text = String(digits.removeFirst())
    text += digits.isEmpty ? "" : ".\(digits)"
    text += point < 1 ? "e-" : "e+"
    text += exponent.count < 2 ? "0" + exponent : exponent
  } else if point <= 0 {
    text = "0." + String(repeating: "0", count: -point) + digits
  } else if digits.count <= point {
    text = digits + String(repeating: "0", count: point - digits.count) + ".0"
  } else {
    text = digits.prefix(point) + "." + digits.dropFirst(point)
  }
  return (isNegative ? "-" : "") + text
}

struct FloatTextTests {
  private func text(_ value: Double) -> String? {
    written(room: 32) { FloatText.write(value, to: $0) }
  }
  private func text(_ value: Float) -> String? {
    written(room: 32) { FloatText.write(value, to: $0) }
  }

  static let doubles: [(Double, String)] = [
    (0.0, "0.0"), (-0.0, "-0.0"), (1.0, "1.0"), (-1.0, "-1.0"), (10, "10.0"), (0.1, "0.1"),
    (0.5, "0.5"), (1.5, "1.5"), (123_456_789.5, "123456789.5"), (1e-4, "0.0001"),
    (0.00012345, "0.00012345"), (1e-5, "1e-05"), (1.5e-5, "1.5e-05"), (1e15, "1000000000000000.0"),
    (9_999_999_999_999_998, "9999999999999998.0"), (1e16, "1e+16"), (1.5e16, "1.5e+16"),
    (1e22, "1e+22"), (1e23, "1e+23"), (1e100, "1e+100"), (1.5e300, "1.5e+300"),
    (.leastNonzeroMagnitude, "5e-324"), (2.2250738585072014e-308, "2.2250738585072014e-308"),
    (1.7976931348623157e308, "1.7976931348623157e+308"), (0.1 + 0.2, "0.30000000000000004"),
    (2.0 / 3, "0.6666666666666666"), (9_007_199_254_740_992, "9007199254740992.0"),
    (1.0 / 3e10, "3.3333333333333335e-11"), (2_251_799_813_685_248.5, "2251799813685248.5"),
    (.infinity, "Infinity"), (-.infinity, "-Infinity"), (.nan, "NaN"), (-.nan, "NaN"),
    (.signalingNaN, "NaN"),
  ]

  @Test(arguments: doubles)
  func known(value: Double, expected: String) {
    #expect(text(value) == expected)
  }

  static let floats: [(Float, String)] = [
    (0.0, "0.0"), (-0.0, "-0.0"), (0.1, "0.1"), (0.3, "0.3"), (16_777_216, "16777216.0"),
    (3.4028235e38, "3.4028235e+38"), (.leastNonzeroMagnitude, "1e-45"),
    (1.1754944e-38, "1.1754944e-38"),
    (1e-5, "1e-05"), (1e10, "10000000000.0"), (123.456, "123.456"), (-2.5, "-2.5"),
    (.infinity, "Infinity"), (-.infinity, "-Infinity"), (.nan, "NaN"),
  ]

  @Test(arguments: floats)
  func known(value: Float, expected: String) {
    #expect(text(value) == expected)
  }

  private func check(_ value: Double) -> Bool {
    guard let text = text(value), text == pythonLayout(of: value.description) else { return false }
    guard value.isFinite else { return true }
    return Double(text)?.bitPattern == value.bitPattern
  }

  private func check(_ value: Float) -> Bool {
    guard let text = text(value), text == pythonLayout(of: value.description) else { return false }
    guard value.isFinite else { return true }
    return Float(text)?.bitPattern == value.bitPattern
  }

  @Test func randomDoubles() {
    var random = SeededRandom(state: 1)
    for _ in 0..<50_000 {
      let value = Double(bitPattern: random.next())
      #expect(check(value), "\(value) as \(text(value) ?? "too long")")
    }
  }

  @Test func doublesAsTheyAreLogged() {
    var random = SeededRandom(state: 2)
    for _ in 0..<50_000 {
      let scale = [1e-6, 1e-3, 1, 1e3, 1e12, 1e16][Int(random.next() % 6)]
      let value = Double.random(in: -1...1, using: &random) * scale
      #expect(check(value), "\(value) as \(text(value) ?? "too long")")
      let rounded = (value * 1000).rounded() / 1000
      #expect(check(rounded), "\(rounded) as \(text(rounded) ?? "too long")")
    }
  }

  /// Powers of two, whose neighbours are not equally far, and what lies next to them.
  @Test func everyExponentOfDoubles() {
    for exponent in 0..<UInt64(2047) {
      for step in 0..<UInt64(5) {
        let value = Double(bitPattern: (exponent << 52 &+ step) &- (exponent == 0 ? 0 : 2))
        #expect(check(value), "\(value) as \(text(value) ?? "too long")")
      }
    }
  }

  @Test func powersOfTen() {
    for exponent in -323...308 {
      guard let power = Double("1e\(exponent)") else { continue }
      for value in [power.nextDown, power, power.nextUp, -power] {
        #expect(check(value), "\(value) as \(text(value) ?? "too long")")
      }
    }
  }

  @Test func wholeDoubles() {
    for shift in 0..<UInt64(63) {
      for step in -2...2 {
        let value = Double(Int64(1 << shift) + Int64(step))
        #expect(check(value), "\(value) as \(text(value) ?? "too long")")
      }
    }
  }

  @Test func randomFloats() {
    var random = SeededRandom(state: 3)
    for _ in 0..<50_000 {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
      #expect(check(value), "\(value) as \(text(value) ?? "too long")")
    }
  }

  @Test func everyExponentOfFloats() {
    for exponent in 0..<UInt32(255) {
      for step in 0..<UInt32(5) {
        let value = Float(bitPattern: (exponent << 23 &+ step) &- (exponent == 0 ? 0 : 2))
        #expect(check(value), "\(value) as \(text(value) ?? "too long")")
      }
    }
  }
}
