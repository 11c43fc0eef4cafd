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

  /// Text of a log, without what would steer the terminal: control characters are escaped as in JSON.
  static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      guard isControl(scalar) else {
        result.unicodeScalars.append(scalar)
        continue
      }
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
    return result
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
  }

  /// Six digits are enough for a look.
  static func short(_ value: Double) -> String { format(value, "%.6g") }

  static func format(_ value: Double, _ format: String) -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    let count = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
    let shown = buffer.prefix(min(max(Int(count), 0), buffer.count - 1))
    return String(decoding: shown.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
