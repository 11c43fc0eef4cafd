/// How something looks, where the terminal has colors.
enum Paint: String {
  case plain = ""
  case dim = "2"
  case bold = "1"
  case blue = "94"
  case red = "91"
  case green = "92"
  case magenta = "95"
  case cyan = "96"
  case yellow = "93"

  static let curves: [Paint] = [.blue, .red, .green, .magenta, .cyan, .yellow]

  func paint(_ text: String, colored: Bool = Terminal.hasColor) -> String {
    colored && self != .plain && !text.isEmpty ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}
