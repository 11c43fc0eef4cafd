public import MimirBase

extension JSONValue {
  /// Reads any JSON value, in which bare NaN, Infinity and -Infinity are numbers.
  ///
  /// - Throws: `.invalidJSON`, `.invalidUTF8` or `.tooDeep` with the byte offset.
  public init(parsing text: String) throws(MimirError) {
    var text = text
    let result = text.withUTF8 { bytes in
      Result { () throws(MimirError) in try JSONValue.parse(UnsafeRawBufferPointer(bytes)) }
    }
    self = try result.get()
  }

  /// The same for bytes.
  package static func parse(_ text: UnsafeRawBufferPointer) throws(MimirError) -> JSONValue {
    var compact = ByteBuffer()
    _ = try JSONText.compactValue(
      text, limits: JSONLimits(maxBytes: .max), depth: 0, into: &compact)
    return JSONBuilder.value(of: compact.bytes)
  }
}

/// Builds the value of checked, compact text, without recursion.
enum JSONBuilder {
  private struct Container {
    let isObject: Bool
    /// Its key in the object around it.
    let key: String
    var elements: [JSONValue] = []
    var members = JSONObject()

    mutating func add(_ value: JSONValue, _ key: String) {
      if isObject { members.append(key: key, value: value) } else { elements.append(value) }
    }

    func value(_ recognizesArrays: Bool) -> JSONValue {
      guard isObject else { return .array(elements) }
      if recognizesArrays, let array = NDArray(members) { return .ndarray(array) }
      return .object(members)
    }
  }

  /// - Parameter recognizesArrays: objects of the NumPy form become arrays.
  static func value(
    of text: UnsafeRawBufferPointer, recognizesArrays: Bool = true
  ) -> JSONValue {
    var open: [Container] = []
    var walker = JSONWalker(text)
    while let range = walker.next() {
      close(&open, to: walker.depth, recognizesArrays)
      let key = open.last?.isObject == true ? JSONEscape.string(walker.key) : ""
      let first = text[range.lowerBound]
      if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
        open.append(Container(isObject: first == UInt8(ascii: "{"), key: key))
        continue
      }
      let value = scalar(UnsafeRawBufferPointer(rebasing: text[range]), first)
      if open.isEmpty { return value }
      open[open.count - 1].add(value, key)
    }
    close(&open, to: 1, recognizesArrays)
    return open.first?.value(recognizesArrays) ?? .null
  }

  /// Hands finished containers to the ones around them until `depth` are open.
  private static func close(
    _ open: inout [Container], to depth: Int, _ recognizesArrays: Bool
  ) {
    while open.count > depth, let last = open.popLast(), !open.isEmpty {
      open[open.count - 1].add(last.value(recognizesArrays), last.key)
    }
  }

  private static func scalar(_ text: UnsafeRawBufferPointer, _ first: UInt8) -> JSONValue {
    switch first {
    case UInt8(ascii: "n"): .null
    case UInt8(ascii: "t"): .bool(true)
    case UInt8(ascii: "f"): .bool(false)
    case UInt8(ascii: "N"): .double(.nan)
    case UInt8(ascii: "I"): .double(.infinity)
    case UInt8(ascii: "-") where text.count > 1 && text[1] == UInt8(ascii: "I"): .double(-.infinity)
    case UInt8(ascii: "\""):
      .string(JSONEscape.string(UnsafeRawBufferPointer(rebasing: text.dropFirst().dropLast())))
    default: number(text)
    }
  }

  private static func number(_ bytes: UnsafeRawBufferPointer) -> JSONValue {
    let text = String(decoding: bytes, as: UTF8.self)
    let isFloat = bytes.contains {
      $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e")
    }
    if isFloat {
      // Past the range of doubles the text keeps what an infinity would lose.
      if let value = Double(text), value.isFinite { return .double(value) }
      return .number(text)
    }
    if let value = Int64(text) { return .int(value) }
    if let value = UInt64(text) { return .uint(value) }
    return .number(text)
  }
}
