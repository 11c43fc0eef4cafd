import MimirBase

// As members of a type that is logged these stay what they are; what follows is for other encoders.

extension JSONValue: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .uint(let value): try container.encode(value)
    case .number: try container.encode(doubleValue ?? .nan)
    case .double(let value): try container.encode(value)
    case .float(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    case .ndarray(let value): try container.encode(value)
    }
  }
}

extension JSONObject: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: PlaceKey.self)
    for (key, value) in self { try container.encode(value, forKey: PlaceKey(stringValue: key)) }
  }
}

extension NDArray: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var text = ByteBuffer()
    try append(to: &text)
    let form = JSONBuilder.value(of: text.bytes, recognizesArrays: false)
    try form.encode(to: encoder)
  }
}
