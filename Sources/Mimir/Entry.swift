public import MimirBase
public import MimirJSON

/// One entry of a log: a JSON object whose members keep their order.
///
///     let entry: Entry = ["iteration": 1, "training_error": 0.5, "config": ["lr": 0.1]]
public struct Entry: Sendable, Hashable, ExpressibleByDictionaryLiteral, CustomStringConvertible {
  /// The members, in order.
  public var object: JSONObject

  public init(_ object: JSONObject = JSONObject()) { self.object = object }

  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    object = JSONObject()
    for (key, value) in elements { object.append(key: key, value: value) }
  }

  /// Reads an entry from JSON text: one object, in which bare NaN, Infinity and -Infinity are read as
  /// numbers.
  ///
  /// - Throws: `.invalidJSON`, `.invalidUTF8` or `.tooDeep`, with the byte offset.
  public init(parsing text: String) throws(MimirError) {
    guard case .object(let object) = try JSONValue(parsing: text) else {
      throw MimirError(.invalidJSON, "an entry is a JSON object, {…}; the text is another value")
    }
    self.object = object
  }

  /// Encodes any value that encodes as an object: a struct, a dictionary.
  ///
  /// - Throws: `.invalidArgument` when it encodes as something else or its `encode(to:)` throws.
  public init(encoding value: some Encodable) throws(MimirError) {
    guard case .object(let object) = try JSONValueEncoder.encode(value) else {
      throw MimirError(
        .invalidArgument,
        "an entry has keys; \(type(of: value)) does not encode as an object: log it under a key")
    }
    self.object = object
  }

  package init?(checked text: UnsafeRawBufferPointer) {
    guard case .object(let object)? = try? JSONValue.parse(text) else { return nil }
    self.object = object
  }

  /// The value of a key; setting nil removes it.
  public subscript(key: String) -> JSONValue? {
    get { object[key] }
    set { object[key] = newValue }
  }

  public var keys: [String] { object.keys }

  /// The entry as JSON.
  public var description: String { JSONValue.object(object).description }
}
