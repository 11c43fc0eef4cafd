import MimirBase
import MimirJSON
import Testing

/// Runs the checker on a copy of exactly the text's size, so that a sanitizer sees a read past it.
enum Checked {
  static func object(
    _ text: [UInt8], limits: JSONLimits = JSONLimits()
  ) throws(MimirError) -> (text: [UInt8], tokens: Int) {
    try run(text) { bytes, out throws(MimirError) in
      try JSONText.compactObject(bytes, limits: limits, into: &out)
    }
  }

  static func value(_ text: String, depth: Int = 0) throws(MimirError) -> String {
    let result = try run(Array(text.utf8)) { bytes, out throws(MimirError) in
      try JSONText.compactValue(bytes, limits: JSONLimits(), depth: depth, into: &out)
    }
    return String(decoding: result.text, as: UTF8.self)
  }

  static func object(_ text: String) throws(MimirError) -> String {
    String(decoding: try object(Array(text.utf8)).text, as: UTF8.self)
  }

  /// The error of a text that is refused; nil: it was taken.
  static func error(_ text: [UInt8]) -> MimirError? {
    do {
      _ = try object(text)
      return nil
    } catch {
      return error
    }
  }

  static func error(_ text: String) -> MimirError? { error(Array(text.utf8)) }

  static func run(
    _ text: [UInt8],
    _ body: (UnsafeRawBufferPointer, inout ByteBuffer) throws(MimirError) -> Int
  ) throws(MimirError) -> (text: [UInt8], tokens: Int) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: text)
    var out = ByteBuffer()
    out.append("before")
    do {
      let tokens = try body(UnsafeRawBufferPointer(copy), &out)
      return (Array(out.bytes.dropFirst(6)), tokens)
    } catch {
      #expect(String(decoding: out.bytes, as: UTF8.self) == "before", "an error changed the output")
      throw error
    }
  }
}
