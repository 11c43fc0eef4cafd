import Logging
import MimirJSON

enum MetadataJSON {
  /// How deep metadata may be; what lies deeper is left out.
  static let maxDepth = 100

  static func value(_ value: Logging.Logger.MetadataValue, depth: Int = maxDepth) -> JSONValue {
    switch value {
    case .string(let text): return .string(text)
    case .stringConvertible(let value): return scalar(value)
    case .array(let values):
      guard depth > 0 else { return "…" }
      return .array(values.map { self.value($0, depth: depth - 1) })
    case .dictionary(let members):
      guard depth > 0 else { return "…" }
      var object = JSONObject()
      for (key, member) in members.sorted(by: { $0.key < $1.key }) {
        object.append(key: key, value: self.value(member, depth: depth - 1))
      }
      return .object(object)
    }
  }

  /// Numbers and booleans stay what they are, for whoever compares or plots them.
  private static func scalar(_ value: any CustomStringConvertible) -> JSONValue {
    switch value {
    case let number as Int: JSONValue(number)
    case let flag as Bool: .bool(flag)
    case let number as Double: .double(number)
    case let number as Float: .float(number)
    case let number as any BinaryInteger: JSONValue(number)
    default: .string(value.description)
    }
  }
}
