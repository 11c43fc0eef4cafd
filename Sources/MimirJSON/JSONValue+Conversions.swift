extension JSONValue {
  /// An integer of any type, exactly.
  public init(_ value: some BinaryInteger) {
    if let small = Int64(exactly: value) {
      self = .int(small)
    } else if let large = UInt64(exactly: value) {
      self = .uint(large)
    } else {
      self = .number("\(value)")
    }
  }

  public init(_ value: Double) { self = .double(value) }

  public init(_ value: Float) { self = .float(value) }

  public init(_ value: Bool) { self = .bool(value) }

  public init(_ value: some StringProtocol) { self = .string(String(value)) }

  public init(_ values: some Sequence<JSONValue>) { self = .array(Array(values)) }
}
