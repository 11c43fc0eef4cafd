import MimirBase

/// Where checked text stops being JSON, and what should have stood there. Small, so that throwing it
/// costs the scanner nothing; `described` makes the error of it.
struct JSONFault: Error {
  enum Kind: UInt8 {
    case object, value, key, colon, commaOrBrace, commaOrBracket, end
    case digit, word, control, unterminated, escape, hex, loneSurrogate
    case utf8, depth, size
  }

  let kind: Kind
  private let address: UInt

  @inline(__always)
  init(_ kind: Kind, _ place: UnsafePointer<UInt8>?) {
    self.kind = kind
    address = UInt(bitPattern: place)
  }

  func described(in text: UnsafeRawBufferPointer, _ limits: JSONLimits) -> MimirError {
    let offset = min(Int(bitPattern: address &- UInt(bitPattern: text.baseAddress)), text.count)
    switch kind {
    case .size:
      return MimirError(
        .tooLarge,
        "the JSON has more than \(limits.maxBytes) bytes without its white space; "
          + "log less at once, or raise the limit")
    case .depth:
      return MimirError(
        .tooDeep,
        "the JSON is more than \(limits.maxDepth) levels deep at byte offset \(offset); "
          + "make it flatter", offset: offset)
    case .utf8:
      return MimirError(
        .invalidUTF8,
        "the JSON is not valid UTF-8 at byte offset \(offset): found \(found(text, offset)); "
          + "encode the text as UTF-8", offset: offset)
    default:
      return MimirError(
        .invalidJSON,
        "invalid JSON at byte offset \(offset): found \(found(text, offset)), "
          + "expected \(expected); \(advice(text, offset))", offset: offset)
    }
  }

  private func found(_ text: UnsafeRawBufferPointer, _ offset: Int) -> String {
    guard offset >= 0, offset < text.count else { return "the end of the text" }
    let byte = text[offset]
    if byte > 0x20, byte < 0x7f { return "'\(Character(Unicode.Scalar(byte)))'" }
    let hex = String(byte, radix: 16, uppercase: true)
    return "byte 0x\(byte < 0x10 ? "0" : "")\(hex)"
  }

  private var expected: String {
    switch kind {
    case .object: "'{', the start of an object"
    case .value: "a value"
    case .key: "a key in double quotes"
    case .colon: "':' after the key"
    case .commaOrBrace: "',' or '}'"
    case .commaOrBracket: "',' or ']'"
    case .end: "nothing after the value"
    case .digit: "a digit"
    case .word: "null, true, false, NaN, Infinity or -Infinity"
    case .control: "no raw control character in a string"
    case .unterminated: "'\"', the end of the string"
    case .escape: "one of \" \\ / b f n r t u after the backslash"
    case .hex: "four hex digits after \\u"
    case .loneSurrogate: "both halves of a surrogate pair"
    case .utf8, .depth, .size: "less"
    }
  }

  private func advice(_ text: UnsafeRawBufferPointer, _ offset: Int) -> String {
    if text.starts(with: [0xef, 0xbb, 0xbf]), offset == 0 {
      return "the text begins with a byte order mark: remove it"
    }
    guard offset >= 0, offset < text.count else { return "the text is cut short" }
    switch (kind, text[offset]) {
    case (.control, _): return "write it as an escape, such as \\n or \\u0000"
    case (.loneSurrogate, _): return "write the character itself, or its pair of escapes"
    case (.key, UInt8(ascii: "}")), (.value, UInt8(ascii: "]")): return "remove the comma before it"
    case (.key, UInt8(ascii: "'")), (.value, UInt8(ascii: "'")): return "use double quotes"
    case (.object, _): return "an entry is one JSON object"
    case (.end, _): return "hand in one value at a time"
    default: return "hand in text as a JSON library writes it"
    }
  }
}
