import MimirBase
import MimirJSON
import Testing

@Suite struct JSONTextCornerTests {
  @Test(arguments: [
    #"\uD800"#, #"\uDC00"#, #"\uDFFF"#, #"\udbff"#, #"\uD800x"#, #"\uD800\n"#, #"\uD800\u0041"#,
    #"\uD800\uD800"#, #"\uDC00\uD800"#, #"\uD83D\"#, #"\uD83D\\uDE00"#,
  ])
  func halfASurrogatePairIsRefused(_ escape: String) {
    for prefix in ["", "x", "abcdefgh", "é"] {
      let error = Checked.error("{\"a\":\"\(prefix)\(escape)\"}")
      #expect(error?.code == .invalidJSON)
      #expect(error?.offset == 6 + prefix.utf8.count)
    }
  }

  @Test func surrogatePairsAreTaken() throws {
    for escape in [#"\uD800\uDC00"#, #"\uDBFF\uDFFF"#, #"\ud83d\ude00"#, #"\uD7FF\uE000\uFFFF"#] {
      #expect(try Checked.object("{\"a\":\"\(escape)\"}") == "{\"a\":\"\(escape)\"}")
    }
  }

  @Test(
    arguments: [
      [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc2], [0xc2, 0x41], [0xe0, 0x80, 0x80],
      [0xe0, 0x9f, 0xbf], [0xe2, 0x82], [0xe2, 0x28, 0xa1], [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf],
      [0xef, 0xbf], [0xf0, 0x80, 0x80, 0x80], [0xf0, 0x8f, 0xbf, 0xbf], [0xf0, 0x9f, 0x98],
      [0xf0, 0x9f, 0x98, 0x41], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xfe], [0xff],
      [0xe9], [0xf8, 0x88, 0x80, 0x80, 0x80],
    ] as [[UInt8]])
  func invalidUTF8IsRefused(_ sequence: [UInt8]) {
    for length in 0...20 {
      for good in ["x", "é"] {
        let prefix = Array("{\"a\":\"".utf8) + Array(String(repeating: good, count: length).utf8)
        for suffix in ["\"}", "", "more text\"}"] {
          let error = Checked.error(prefix + sequence + Array(suffix.utf8))
          #expect(error?.code == .invalidUTF8)
          #expect(error?.offset == prefix.count)
        }
        let key = Array("{\"".utf8) + sequence + Array("\":1}".utf8)
        #expect(Checked.error(key)?.offset == 2)
      }
    }
  }

  @Test func theBordersOfUTF8AreTaken() throws {
    let text = "{\"a\":\"\u{7f}\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}\"}"
    #expect(try Checked.object(text) == text)
  }

  @Test func invalidBytesOutsideOfStringsAreRefused() {
    for byte in UInt8(0x80)...0xff {
      #expect(Checked.error([0x7b, byte, 0x7d])?.offset == 1)
      #expect(Checked.error([0x7b, 0x7d, byte])?.offset == 2)
    }
  }

  @Test func everyControlCharacterInAStringIsRefused() {
    for byte in UInt8(0)..<0x20 {
      for length in 0...17 {
        let prefix = Array("{\"a\":\"".utf8) + [UInt8](repeating: 0x78, count: length)
        let error = Checked.error(prefix + [byte] + Array("\"}".utf8))
        #expect(error?.code == .invalidJSON)
        #expect(error?.offset == prefix.count)
      }
    }
  }

  /// All bytes but the quote, the backslash and control characters may stand in a string as they are.
  @Test func everyOtherByteIsTaken() throws {
    for byte in UInt8(0x20)..<0x80 where byte != 0x22 && byte != 0x5c {
      for length in 0...9 {
        let text = Array("{\"".utf8) + [UInt8](repeating: byte, count: length) + Array("\":0}".utf8)
        #expect(try Checked.object(text).text == text)
      }
    }
  }

  @Test func digitRunsOfEveryLengthAreTaken() throws {
    for length in 1...40 {
      let digits = String(repeating: "9", count: length)
      for number in [digits, "-\(digits)", "0.\(digits)", "1e\(digits)", "\(digits).5E-\(digits)"] {
        for text in ["{\"a\":\(number)}", "{\"a\":[\(number),\(number)]}"] {
          #expect(try Checked.object(text) == text)
        }
        for wrong in ["/", ":", "a", "\u{b0}"] {
          #expect(Checked.error("{\"a\":\(number)\(wrong)}")?.offset == 5 + number.utf8.count)
        }
      }
    }
  }

  static let document = Array(
    (#"{"a": -12.5e+3, "é😀": "x\n\u00e9\uD83D\uDE00é😀 \"q\"", "n": [NaN, Infinity, -Infinity, "#
      + #"null, true, false, 0, 123456789012], "o": {"p": {}, "q": []}, "a": ""}"#).utf8)

  @Test func aTextCutShortIsRefusedAtItsEnd() throws {
    let document = Self.document
    #expect(throws: Never.self) { try Checked.object(document) }
    for length in 0..<document.count {
      let error = Checked.error(Array(document.prefix(length)))
      // A sequence or pair that is cut counts where it begins.
      #expect(error != nil)
      #expect((error?.offset ?? -1) <= length)
      #expect((error?.offset ?? -1) >= max(length - 9, 0))
    }
  }

  /// What is taken after any change of one byte is JSON: it is taken again, and unchanged.
  @Test func everyMutationIsTakenOrRefused() {
    for index in Self.document.indices {
      for byte in UInt8.min...UInt8.max {
        var text = Self.document
        text[index] = byte
        guard let result = try? Checked.object(text) else { continue }
        let again = try? Checked.object(result.text)
        #expect(again?.text == result.text)
        #expect(again?.tokens == result.tokens)
        #expect(String(validating: result.text, as: UTF8.self) != nil)
      }
    }
  }

  @Test func everyDeletionAndDoublingIsTakenOrRefused() {
    for index in Self.document.indices {
      var (shorter, longer) = (Self.document, Self.document)
      shorter.remove(at: index)
      longer.insert(longer[index], at: index)
      for text in [shorter, longer] {
        guard let result = try? Checked.object(text) else { continue }
        #expect((try? Checked.object(result.text))?.text == result.text)
      }
    }
  }
}
