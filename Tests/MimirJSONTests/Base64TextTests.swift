import MimirBase
import MimirJSON
import Testing

struct Base64TextTests {
  private func encoded(_ bytes: [UInt8]) -> String {
    var buffer = ByteBuffer()
    let source = ExactBytes(bytes)
    defer { source.free() }
    Base64Text.append(source.view, to: &buffer)
    return text(buffer)
  }

  private func decoded(_ text: String) -> [UInt8]? { decoded(Array(text.utf8)) }

  private func decoded(_ text: [UInt8]) -> [UInt8]? {
    let source = ExactBytes(text)
    defer { source.free() }
    return Base64Text.decode(source.view)
  }

  /// Bit by bit.
  private func expected(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
    while bits.count % 6 != 0 { bits.append(0) }
    var text = ""
    for start in stride(from: 0, to: bits.count, by: 6) {
      text.append(alphabet[bits[start..<start + 6].reduce(0) { $0 * 2 + Int($1) }])
    }
    while text.count % 4 != 0 { text.append("=") }
    return text
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func vectorsOfTheStandard(plain: String, base64: String) {
    #expect(encoded(Array(plain.utf8)) == base64)
    #expect(decoded(base64) == Array(plain.utf8))
  }

  @Test func everyLength() {
    var random = SeededRandom(state: 7)
    for length in 0...200 {
      let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      #expect(encoded(bytes) == expected(bytes))
      #expect(decoded(encoded(bytes)) == bytes)
    }
  }

  @Test func everyCharacter() {
    let bytes = (0..<64).flatMap { six -> [UInt8] in
      let six = UInt8(six)
      return [six << 2 | six >> 4, six << 4 | six >> 2, six << 6 | six]
    }
    #expect(encoded(bytes) == expected(bytes))
    for byte in UInt8.min...UInt8.max {
      let text: [UInt8] = [0x41, byte, 0x41, 0x41]
      let isInAlphabet =
        Character(Unicode.Scalar(byte)).isASCII && expected(bytes).utf8.contains(byte)
      #expect((decoded(text) != nil) == isInAlphabet)
    }
  }

  @Test(arguments: [
    "Z", "Zg", "Zg=", "Zg===", "=Zg=", "====", "Z===", "Zg==Zg==", "Zm8=\n", "Zm 8", "Zm-_", "Zh==",
    "Zm9=", "Zm9vYg==\n\n\n\n",
  ])
  func refusesWhatItWouldNotWrite(text: String) {
    #expect(decoded(text) == nil)
  }
}
