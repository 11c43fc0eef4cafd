import Glibc

/// Text in a terminal's cells.
enum CellText {
  /// What came from elsewhere may not steer the terminal.
  static func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
        result.unicodeScalars.append("\u{FFFD}")
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  static func width(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

  private static func width(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    // East Asian wide ones, and emoji.
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  /// Cut to so many cells, which … shows; or filled up to them.
  static func fitted(_ text: String, to cells: Int, pads: Bool = false) -> String {
    let text = printable(text)
    let width = width(text)
    if width <= cells { return pads ? text + spaces(cells - width) : text }
    var (result, room) = ("", cells - 1)
    for character in text {
      room -= self.width(character)
      if room < 0 { break }
      result.append(character)
    }
    result += "…"
    return pads ? result + spaces(cells - self.width(result)) : result
  }

  static func aligned(_ text: String, to cells: Int) -> String {
    let text = fitted(text, to: cells)
    return spaces(cells - width(text)) + text
  }

  static func spaces(_ count: Int) -> String { String(repeating: " ", count: max(count, 0)) }
}

/// How something looks, where the terminal has colors.
enum Style: String {
  case plain = ""
  case dim = "2"
  case bold = "1"
  case blue = "94"
  case red = "91"
  case green = "92"
  case magenta = "95"
  case cyan = "96"
  case yellow = "93"

  static let curves: [Style] = [.blue, .red, .green, .magenta, .cyan, .yellow]

  func paint(_ text: String, colored: Bool = Terminal.hasColor) -> String {
    colored && self != .plain && !text.isEmpty ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}

/// Numbers as a person reads them.
enum NumberText {
  /// As `%.6g`, or with more digits.
  static func short(_ value: Double, digits: Int32 = 6) -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    let count = withVaList([digits, value]) { vsnprintf(&buffer, buffer.count, "%.*g", $0) }
    return String(decoding: buffer.prefix(Int(max(count, 0))).map(UInt8.init), as: UTF8.self)
  }

  /// 1234567 as 1,234,567.
  static func grouped(_ value: UInt64) -> String {
    var result = ""
    for (place, digit) in String(value).reversed().enumerated() {
      if place > 0, place % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return String(result.reversed())
  }
}
