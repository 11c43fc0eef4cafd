import Glibc

/// From when to when a log goes, by a key that looks like a time.
struct TimeSpan {
  private static let keys: Set<String> = [
    "timestamp", "_timestamp", "time", "_time", "ts", "datetime", "wall_time", "date",
  ]

  let key: String
  /// Seconds since 1970.
  let start: Double
  let end: Double

  /// Whether a key is named as times are.
  static func isTime(_ name: String) -> Bool {
    let last = name.split(separator: ".").last.map(String.init) ?? name
    return keys.contains(last.lowercased())
  }

  /// nil when the values are no times.
  init?(_ key: String, _ summary: KeySummary) {
    guard Self.isTime(key) else { return nil }
    self.key = key
    if let min = summary.range.min, let max = summary.range.max,
      let start = Self.seconds(min.value), let end = Self.seconds(max.value)
    {
      (self.start, self.end) = (start, end)
    } else if let first = summary.first.flatMap(Self.parsed),
      let last = summary.last.flatMap(Self.parsed), last >= first
    {
      (start, end) = (first, last)
    } else {
      return nil
    }
  }

  /// Of a time in seconds, milliseconds, micro- or nanoseconds, from 2001 on.
  private static func seconds(_ value: Double) -> Double? {
    for unit in [1, 1e3, 1e6, 1e9] where (1e9..<1e10).contains(value / unit) { return value / unit }
    return nil
  }

  /// Of a time in ISO 8601, such as 2026-11-21T15:32:21Z.
  private static func parsed(_ text: String) -> Double? {
    let bytes = Array(text.utf8)
    func number(_ start: Int, _ count: Int) -> Int32? {
      Int32(String(decoding: bytes[start..<(start + count)], as: UTF8.self))
    }
    guard bytes.count >= 19, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
      let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
      let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2)
    else { return nil }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
    let seconds = Double(timegm(&parts))
    return offset(String(decoding: bytes[19...], as: UTF8.self)).map { seconds - $0 }
  }

  /// The seconds that a zone is ahead, from what follows a time: .5, Z, +02:00.
  private static func offset(_ rest: String) -> Double? {
    let zone = rest.drop { $0 == "." || $0.isNumber }
    guard let sign = zone.first, sign == "+" || sign == "-" else { return 0 }
    let digits = zone.dropFirst().filter { $0 != ":" }
    guard digits.count >= 2, let hours = Double(digits.prefix(2)) else { return nil }
    let minutes = Double(digits.dropFirst(2).prefix(2)) ?? 0
    return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
  }

  /// In UTC.
  static func date(_ seconds: Double) -> String {
    var time = time_t(seconds)
    var parts = tm()
    gmtime_r(&time, &parts)
    var buffer = [CChar](repeating: 0, count: 64)
    let count = strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M:%S", &parts)
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  var text: String {
    "\(Self.date(start)) to \(Self.date(end)) UTC (\(Self.duration(end - start)))"
  }

  private static func duration(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 1e12))
    switch whole {
    case ..<60: return Text.format(seconds, "%.3g") + " s"
    case ..<3600: return "\(whole / 60) min \(whole % 60) s"
    case ..<86_400: return "\(whole / 3600) h \(whole % 3600 / 60) min"
    default: return "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
    }
  }
}
