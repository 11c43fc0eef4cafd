import MimirBase
import MimirJSON
import Testing

struct StringTextTests {
  private func quoted(_ bytes: [UInt8]) throws(MimirError) -> String {
    var buffer = ByteBuffer()
    let source = ExactBytes(bytes)
    defer { source.free() }
    try StringText.append(source.view, to: &buffer)
    return text(buffer)
  }

  /// Character by character.
  private func expected(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{8}": text += "\\b"
      case "\u{c}": text += "\\f"
      case "\u{0}"..<"\u{10}": text += "\\u000" + String(scalar.value, radix: 16)
      case "\u{10}"..<"\u{20}": text += "\\u00" + String(scalar.value, radix: 16)
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }

  @Test func everyASCIICharacterAtEveryPlace() throws {
    for byte in UInt8(0)..<0x80 {
      for length in [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 40] {
        for place in 0..<length {
          var bytes = [UInt8](repeating: 0x78, count: length)
          bytes[place] = byte
          #expect(try quoted(bytes) == expected(String(decoding: bytes, as: UTF8.self)))
        }
      }
    }
  }

  @Test func whatPythonWrites() throws {
    let all = "\u{0}\u{1}\u{7}\u{8}\t\n\u{b}\u{c}\r\u{e}\u{1f} !\"#/\\~\u{7f}é\u{2028}損😀"
    #expect(
      try quoted(Array(all.utf8))
        == ##""\u0000\u0001\u0007\b\t\n\u000b\f\r\u000e\u001f !\"#/\\~"##
        + "\u{7f}é\u{2028}損😀\"")
    #expect(try quoted([]) == "\"\"")
  }

  @Test func mixedText() throws {
    var random = SeededRandom(state: 6)
    let pieces = ["a", "loss", "\"", "\\", "\n", "\u{1}", "é", "損", "😀", "0123456789abcdef", " "]
    for _ in 0..<5_000 {
      var string = ""
      for _ in 0..<random.next() % 20 {
        string += pieces[Int(random.next() % UInt64(pieces.count))]
      }
      #expect(try quoted(Array(string.utf8)) == expected(string))
    }
  }

  @Test func manyEscapesGrowTheBuffer() throws {
    let bytes = [UInt8](repeating: 1, count: 10_000)
    #expect(try quoted(bytes) == "\"" + String(repeating: "\\u0001", count: 10_000) + "\"")
  }

  @Test(arguments: [0, 1, 3, 7, 8, 15, 16, 17, 31, 32, 100])
  func invalidTextLeavesTheBufferAlone(place: Int) throws {
    var buffer = ByteBuffer()
    buffer.append("before")
    var bytes = [UInt8](repeating: 0x61, count: place)
    bytes += [0xe2, 0x82, 0x61]
    let source = ExactBytes(bytes)
    defer { source.free() }
    var failure: MimirError?
    do throws(MimirError) { try StringText.append(source.view, to: &buffer) } catch {
      failure = error
    }
    #expect(failure?.code == .invalidUTF8)
    #expect(failure?.offset == place)
    #expect(failure?.message.contains("byte offset \(place);") == true)
    #expect(text(buffer) == "before")
  }
}
