/// Text in a terminal's cells.
enum CellText {
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
    let text = Text.printable(text)
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

  /// Cut to so many cells at its beginning, as a path is.
  static func fittedEnd(_ text: String, to cells: Int) -> String {
    let text = Text.printable(text)
    guard width(text) > cells else { return text }
    var (end, room) = (Substring(), cells - 1)
    for character in text.reversed() {
      room -= width(character)
      if room < 0 { break }
      end = text.suffix(end.count + 1)
    }
    return "…" + end
  }

  static func aligned(_ text: String, to cells: Int) -> String {
    let text = fitted(text, to: cells)
    return spaces(cells - width(text)) + text
  }

  static func spaces(_ count: Int) -> String { String(repeating: " ", count: max(count, 0)) }
}
