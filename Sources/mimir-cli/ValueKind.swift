/// What a value of an entry is, told by its first bytes.
enum ValueKind: Int, CaseIterable {
  case null, boolean, integer, float, string, array, ndarray, object

  var name: String { "\(self)" }

  /// `value` is checked, compact text of one value.
  init(_ value: UnsafeRawBufferPointer) {
    switch value.first {
    case UInt8(ascii: "n"): self = .null
    case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .boolean
    case UInt8(ascii: "\""): self = .string
    case UInt8(ascii: "["): self = .array
    case UInt8(ascii: "{"): self = Self.isNDArray(value) ? .ndarray : .object
    default: self = Self.isInteger(value) ? .integer : .float
    }
  }

  /// Whether the text begins as an array in NumPy's form does.
  static func isNDArray(_ value: UnsafeRawBufferPointer) -> Bool {
    let beginning: StaticString = "{\"__ndarray__\":"
    return value.starts(
      with: UnsafeRawBufferPointer(
        start: beginning.utf8Start, count: beginning.utf8CodeUnitCount))
  }

  /// A sign and digits; NaN and infinities, bare in what Mímir's readers give, are floats.
  private static func isInteger(_ value: UnsafeRawBufferPointer) -> Bool {
    for (index, byte) in value.enumerated() where byte &- UInt8(ascii: "0") > 9 {
      guard index == 0, byte == UInt8(ascii: "-") else { return false }
    }
    return true
  }
}
