import MimirJSON

/// How the console shows an entry.
public struct Formatter: Sendable {
  package let format: @Sendable (Entry) -> String

  /// - Parameter format: gives the text of an entry, with its newlines.
  public init(_ format: @escaping @Sendable (Entry) -> String) { self.format = format }

  /// A line `key: value` for each member; a nested object's members follow its key, indented by two
  /// spaces.
  public static let simple = Formatter { entry in
    var text = ""
    append(entry.object, indent: 0, to: &text)
    return text
  }

  private static func append(_ object: JSONObject, indent: Int, to text: inout String) {
    let margin = String(repeating: " ", count: indent)
    for (key, value) in object {
      if case .object(let nested) = value {
        text += "\(margin)\(key):\n"
        append(nested, indent: indent + 2, to: &text)
      } else if case .string(let string) = value {
        text += "\(margin)\(key): \(string)\n"
      } else {
        text += "\(margin)\(key): \(value)\n"
      }
    }
  }
}
