/// Any JSON value, and what JSON lacks: floats that are not finite, single precision, arrays.
///
/// Values are equal when their cases and contents are, so that they can be keys and members of sets:
/// NaN equals NaN here. `int` and `uint` of one number are equal.
public enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  /// Text is read as this only past `Int64.max`.
  case uint(UInt64)
  /// A number that no other case holds, as JSON text: integers past 64 bits, doubles out of range.
  case number(String)
  case double(Double)
  case float(Float)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
  case ndarray(NDArray)
}

extension JSONValue: Hashable {
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.int(let left), .int(let right)): left == right
    case (.uint(let left), .uint(let right)): left == right
    case (.int(let left), .uint(let right)): left == right
    case (.uint(let left), .int(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.double(let left), .double(let right)): left == right || (left.isNaN && right.isNaN)
    case (.float(let left), .float(let right)): left == right || (left.isNaN && right.isNaN)
    case (.string(let left), .string(let right)): left == right
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    case (.ndarray(let left), .ndarray(let right)): left == right
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .int(let value): hasher.combine(UInt64(bitPattern: value))
    case .uint(let value): hasher.combine(value)
    case .number(let value): hasher.combine(value)
    // One hash for all the NaNs, which are equal.
    case .double(let value): hasher.combine(value.isNaN ? .nan : value)
    case .float(let value): hasher.combine(value.isNaN ? .nan : value)
    case .string(let value): hasher.combine(value)
    case .array(let value): hasher.combine(value)
    case .object(let value): hasher.combine(value)
    case .ndarray(let value): hasher.combine(value)
    }
  }
}
