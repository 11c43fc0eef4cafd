import Glibc

/// How numbers are shown to people.
enum Text {
  /// 1234567 as 1,234,567.
  static func grouped(_ value: some BinaryInteger) -> String {
    let digits = Array(String(value.magnitude))
    var result = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return result
  }

  /// "1 entry", "1,234 entries".
  static func count(_ value: some BinaryInteger, _ one: String, _ many: String) -> String {
    "\(grouped(value)) \(value == 1 ? one : many)"
  }

  static func bytes(_ value: some BinaryInteger) -> String {
    var size = Double(value)
    guard size >= 1000 else { return "\(value) B" }
    var unit = "B"
    for larger in ["kB", "MB", "GB", "TB", "PB"] where size >= 999.5 {
      size /= 1000
      unit = larger
    }
    return "\(format(size, size < 10 ? "%.2f" : size < 100 ? "%.1f" : "%.0f")) \(unit)"
  }

  /// Text from elsewhere, without what would steer the terminal: that is escaped as in JSON.
  static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: steers) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if steers(scalar) {
        result += escaped(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  static func escaped(_ scalar: Unicode.Scalar) -> String {
    String(scalar).utf16.map { unit in
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }

  private static func steers(_ scalar: Unicode.Scalar) -> Bool {
    guard !(0x20..<0x7f).contains(scalar.value) else { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned: return true
    default: return false
    }
  }

  /// Six digits are enough for a look.
  static func short(_ value: Double, digits: Int = 6) -> String { format(value, "%.\(digits)g") }

  static func format(_ value: Double, _ format: String) -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    let count = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
    let shown = buffer.prefix(min(max(Int(count), 0), buffer.count - 1))
    return String(decoding: shown.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
