/// A type that is a JSON value of its own, whatever its `encode(to:)` does.
protocol EncodingLeaf {
  var jsonValue: JSONValue { get }
}

extension EncodingLeaf where Self: FixedWidthInteger {
  var jsonValue: JSONValue {
    if Self.isSigned, let value = Int64(exactly: self) { return .int(value) }
    if let value = UInt64(exactly: self) { return .uint(value) }
    return .number(String(self))
  }
}

extension Int: EncodingLeaf {}
extension Int8: EncodingLeaf {}
extension Int16: EncodingLeaf {}
extension Int32: EncodingLeaf {}
extension Int64: EncodingLeaf {}
extension Int128: EncodingLeaf {}
extension UInt: EncodingLeaf {}
extension UInt8: EncodingLeaf {}
extension UInt16: EncodingLeaf {}
extension UInt32: EncodingLeaf {}
extension UInt64: EncodingLeaf {}
extension UInt128: EncodingLeaf {}

extension Bool: EncodingLeaf {
  var jsonValue: JSONValue { .bool(self) }
}

extension Float: EncodingLeaf {
  var jsonValue: JSONValue { .float(self) }
}

extension Double: EncodingLeaf {
  var jsonValue: JSONValue { .double(self) }
}

extension String: EncodingLeaf {
  var jsonValue: JSONValue { .string(self) }
}

extension JSONValue: EncodingLeaf {
  var jsonValue: JSONValue { self }
}

extension JSONObject: EncodingLeaf {
  var jsonValue: JSONValue { .object(self) }
}

extension NDArray: EncodingLeaf {
  var jsonValue: JSONValue { .ndarray(self) }
}
