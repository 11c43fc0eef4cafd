import Glibc

/// Numbers of a plot and of the table of last values.
enum NumberText {
  /// As `%.6g`, or with more digits.
  static func short(_ value: Double, digits: Int32 = 6) -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    let count = withVaList([digits, value]) { vsnprintf(&buffer, buffer.count, "%.*g", $0) }
    return String(decoding: buffer.prefix(Int(max(count, 0))).map(UInt8.init), as: UTF8.self)
  }
}
