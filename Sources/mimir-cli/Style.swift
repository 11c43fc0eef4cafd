/// Colour and weight on a terminal that has them.
enum Style {
  static func bold(_ text: String) -> String { styled(text, "1") }
  static func red(_ text: String) -> String { styled(text, "31") }
  static func green(_ text: String) -> String { styled(text, "32") }
  static func yellow(_ text: String) -> String { styled(text, "33") }

  private static func styled(_ text: String, _ code: String) -> String {
    Terminal.hasColor ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
