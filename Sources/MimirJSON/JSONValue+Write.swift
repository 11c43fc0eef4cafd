package import MimirBase

extension JSONValue {
  /// Appends compact JSON text with bare NaN and infinity tokens, and returns how many of those there
  /// are. On error `out` is as before.
  ///
  /// - Throws: `.tooDeep` past 512 levels; `.invalidArgument` for a `number` that is none.
  package func append(to out: inout ByteBuffer) throws(MimirError) -> Int {
    let before = out.count
    do {
      return try write(to: &out, levels: ContainerKinds.most)
    } catch {
      out.truncate(to: before)
      throw error
    }
  }

  /// Recursive, but never more than 512 levels deep.
  private func write(to out: inout ByteBuffer, levels: Int) throws(MimirError) -> Int {
    switch self {
    case .null: out.append("null")
    case .bool(let value): if value { out.append("true") } else { out.append("false") }
    case .int(let value): out.commit(IntegerText.write(value, to: out.reserve(32)))
    case .uint(let value): out.commit(IntegerText.write(value, to: out.reserve(32)))
    case .number(let text):
      guard JSONScan.isNumber(text) else {
        throw MimirError(.invalidArgument, "\"\(text)\" is not a JSON number; log it as a string")
      }
      out.append(text)
    case .double(let value):
      out.commit(FloatText.write(value, to: out.reserve(32)))
      return value.isFinite ? 0 : 1
    case .float(let value):
      out.commit(FloatText.write(value, to: out.reserve(32)))
      return value.isFinite ? 0 : 1
    case .string(let text): try Self.write(text, to: &out)
    case .array(let elements): return try Self.write(elements, to: &out, levels: levels)
    case .object(let object): return try Self.write(object, to: &out, levels: levels)
    case .ndarray(let array): try Self.write(array, to: &out, levels: levels)
    }
    return 0
  }

  private static func write(
    _ elements: [JSONValue], to out: inout ByteBuffer, levels: Int
  ) throws(MimirError) -> Int {
    try check(levels)
    var tokens = 0
    var separator = UInt8(ascii: "[")
    for element in elements {
      out.append(separator)
      separator = UInt8(ascii: ",")
      tokens += try element.write(to: &out, levels: levels - 1)
    }
    out.append(elements.isEmpty ? "[]" : "]")
    return tokens
  }

  private static func write(
    _ object: JSONObject, to out: inout ByteBuffer, levels: Int
  ) throws(MimirError) -> Int {
    try check(levels)
    var tokens = 0
    var separator = UInt8(ascii: "{")
    for (key, value) in object {
      out.append(separator)
      separator = UInt8(ascii: ",")
      try write(key, to: &out)
      out.append(UInt8(ascii: ":"))
      tokens += try value.write(to: &out, levels: levels - 1)
    }
    out.append(object.isEmpty ? "{}" : "}")
    return tokens
  }

  private static func write(
    _ array: NDArray, to out: inout ByteBuffer, levels: Int
  ) throws(MimirError) {
    // Its object, and the list of its extents within.
    try check(levels - 1)
    try array.append(to: &out)
  }

  private static func write(_ text: String, to out: inout ByteBuffer) throws(MimirError) {
    var text = text
    let failure = text.withUTF8 { bytes -> MimirError? in
      do throws(MimirError) {
        try StringText.append(UnsafeRawBufferPointer(bytes), to: &out)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  private static func check(_ levels: Int) throws(MimirError) {
    if levels < 1 {
      throw MimirError(
        .tooDeep, "the value is more than \(ContainerKinds.most) levels deep; make it flatter")
    }
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value as compact JSON text, with bare NaN and infinities; what cannot be written, as the
  /// reason for it.
  public var description: String {
    var out = ByteBuffer()
    do throws(MimirError) {
      _ = try append(to: &out)
      return String(decoding: out.bytes, as: UTF8.self)
    } catch {
      return "<\(error.message)>"
    }
  }
}

extension JSONObject: CustomStringConvertible {
  package func append(to out: inout ByteBuffer) throws(MimirError) -> Int {
    try JSONValue.object(self).append(to: &out)
  }

  public var description: String { JSONValue.object(self).description }
}
