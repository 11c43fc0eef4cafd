import MimirBase
import MimirJSON
import Testing

@Suite struct JSONTextTests {
  @Test(arguments: [
    "{}", #"{"a":1}"#, #"{"a":{"b":[1,2,{"c":null}]},"d":[]}"#, #"{"":""}"#,
    #"{"a":true,"b":false,"c":null,"d":-0,"e":0.5,"f":1e5,"g":-1.25E-10,"h":1E+2}"#,
    #"{"a":"\"\\\/\b\f\n\r\t\u0000\u00e9\uD83D\uDE00"}"#, #"{"größe":"機械😀"}"#,
    #"{"a":1,"a":2,"a":1}"#,
    #"{"a":123456789012345678901234567890123456789012345678901234567890,"b":1e999999}"#,
    #"{"a":[[],[[]],{},{"b":{}}]}"#,
  ])
  func compactTextStaysAsItIs(_ text: String) throws {
    #expect(try Checked.object(text) == text)
  }

  @Test func whiteSpaceBetweenTokensIsRemoved() throws {
    let text =
      "\r\n\t { \"a b\" :\t[ 1 ,\n2 , { \"c\"\r: \" x \\n \" } , [ ] , { } ] , \"d\" : NaN } \n"
    let compact = #"{"a b":[1,2,{"c":" x \n "},[],{}],"d":NaN}"#
    #expect(try Checked.object(text) == compact)
  }

  /// Runs of every length around the sizes in which they are copied.
  @Test func runsOfEveryLengthAreCopied() throws {
    for length in 0...200 {
      let run = String(repeating: "x", count: length)
      let spaced = "{ \"\(run)\" : \"\(run)é\" , \"\(run)\" : [ \(length) , 1.5 ] }"
      let compact = "{\"\(run)\":\"\(run)é\",\"\(run)\":[\(length),1.5]}"
      #expect(try Checked.object(spaced) == compact)
    }
  }

  @Test func otherSpacesAreNone() {
    for space in ["\u{0b}", "\u{0c}", "\u{a0}", "\u{2028}", "\0"] {
      #expect(Checked.error("{\(space)}")?.offset == 1)
      #expect(Checked.error("{}\(space)")?.offset == 2)
    }
  }

  @Test func bareTokensAreCounted() throws {
    let text = #"{"a":NaN,"b":[Infinity,-Infinity, NaN],"c":"NaN","d":-1}"#
    #expect(try Checked.object(Array(text.utf8)).tokens == 4)
    #expect(try Checked.object(Array("{}".utf8)).tokens == 0)
  }

  @Test func anyValueIsTakenByCompactValue() throws {
    for text in ["1", "-0.5", "\"x\"", "null", "[]", "[1]", "{}", "NaN", "-Infinity", "true"] {
      #expect(try Checked.value(" \(text) ") == text)
    }
    for text in ["", " ", "1 2", "[", "nul", "-", "x"] {
      #expect(throws: MimirError.self) { try Checked.value(text) }
    }
  }

  @Test(arguments: [
    ("", 0), ("  ", 2), ("1", 0), ("[]", 0), ("\"a\"", 0), ("null", 0), (" x", 1),
    ("{}{}", 2), ("{} x", 3), ("{},", 2), ("{", 1), ("{\"a", 3), ("{\"a\"", 4), ("{\"a\":", 5),
    ("{\"a\":1", 6), ("{\"a\":1,", 7), ("{\"a\":1,}", 7), ("{,}", 1), ("{a:1}", 1), ("{'a':1}", 1),
    ("{\"a\" 1}", 5), ("{\"a\":}", 5), ("{\"a\":1 2}", 7), ("{\"a\":1]", 6), ("{\"a\":[1}", 7),
    ("{\"a\":[1,]}", 8), ("{\"a\":[,1]}", 6), ("{\"a\":'x'}", 5), ("{1:2}", 1), ("{null:1}", 1),
    ("{\"a\":01}", 6), ("{\"a\":+1}", 5), ("{\"a\":.5}", 5), ("{\"a\":1.}", 7), ("{\"a\":-}", 6),
    ("{\"a\":1e}", 7), ("{\"a\":1e+}", 8), ("{\"a\":--1}", 6), ("{\"a\":0x1}", 6),
    ("{\"a\":1.e1}", 7),
    ("{\"a\":1.5.5}", 8), ("{\"a\":tru}", 8), ("{\"a\":True}", 5), ("{\"a\":truex}", 9),
    ("{\"a\":nan}", 6), ("{\"a\":NaNN}", 8), ("{\"a\":Inf}", 8), ("{\"a\":-Inf}", 9),
    ("{\"a\":+Infinity}", 5), ("{\"a\":-NaN}", 6), ("{\"a\":/*x*/1}", 5), ("{\"a\":\"\\x\"}", 7),
    ("{\"a\":\"\\u12g4\"}", 10), ("{\"a\":\"\\u123\"}", 11), ("{\"a\":\"\n\"}", 6),
    ("{\"a\":\"abcdefghij\u{1f}\"}", 16), ("{\"a\":\"\0\"}", 6), ("{\"a\":1\0}", 6),
    ("{\"a\":\"\t\"}", 6), ("{\"a\":\"x\\", 8), ("{\"a\":1,\"b\"}", 10), ("{\"a\":1;\"b\":2}", 6),
  ])
  func faultsHaveTheirOffset(_ text: String, _ offset: Int) {
    let error = Checked.error(text)
    #expect(error?.code == .invalidJSON)
    #expect(error?.offset == offset)
    #expect(error?.message.contains("at byte offset \(offset): found ") == true)
  }

  @Test func messagesSayWhatToDo() {
    #expect(
      Checked.error("{\"a\":1,}")?.message
        == "invalid JSON at byte offset 7: found '}', expected a key in double quotes; "
        + "remove the comma before it")
    #expect(
      Checked.error("{\"a\":1")?.message
        == "invalid JSON at byte offset 6: found the end of the text, expected ',' or '}'; "
        + "the text is cut short")
    let mark = Checked.error("\u{feff}{}")
    #expect(mark?.code == .invalidJSON)
    #expect(mark?.offset == 0)
    #expect(mark?.message.contains("byte order mark") == true)
  }

  @Test func depthIsLimited() throws {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
      func nested(_ depth: Int) -> String {
        "{\"a\":" + String(repeating: open, count: depth - 1) + "1"
          + String(repeating: close, count: depth - 1) + "}"
      }
      #expect(try Checked.object(nested(512)) == nested(512))
      let error = Checked.error(nested(513))
      #expect(error?.code == .tooDeep)
      #expect(error?.offset == 5 + 511 * open.utf8.count)
      #expect(Checked.error(nested(200_000))?.code == .tooDeep)
    }
  }

  @Test func depthCountsTheContainersAround() throws {
    let value = String(repeating: "[", count: 10) + String(repeating: "]", count: 10)
    #expect(try Checked.value(value, depth: 502) == value)
    #expect(throws: MimirError.self) { try Checked.value(value, depth: 503) }
    #expect(try Checked.value("1", depth: 512) == "1")
    #expect(throws: MimirError.self) { try Checked.value("[]", depth: .max) }
  }

  /// The kind of each of many levels is remembered.
  @Test func mixedContainersCloseInOrder() throws {
    let kinds = (0..<500).map { ($0 * $0 / 3) % 2 == 0 }
    let open = kinds.map { $0 ? "[" : "{\"k\":" }.joined()
    let close = kinds.reversed().map { $0 ? "]" : "}" }
    let text = "{\"a\":" + open + "1" + close.joined() + "}"
    #expect(try Checked.object(text) == text)
    for index in close.indices {
      var wrong = close
      wrong[index] = wrong[index] == "]" ? "}" : "]"
      let error = Checked.error("{\"a\":" + open + "1" + wrong.joined() + "}")
      #expect(error?.offset == 5 + open.utf8.count + 1 + index)
    }
  }

  @Test func sizeIsLimitedAfterCompaction() throws {
    let text = Array(#"{ "a" : "0123456789" , "b" : 1 }"#.utf8)
    let compact = try Checked.object(text).text
    #expect(try Checked.object(text, limits: JSONLimits(maxBytes: compact.count)).text == compact)
    for most in [compact.count - 1, 5, 1, 0, -1, .min] {
      let error = #expect(throws: MimirError.self) {
        try Checked.object(text, limits: JSONLimits(maxBytes: most))
      }
      #expect(error?.code == .tooLarge)
    }
    let spaces = [UInt8](repeating: 0x20, count: 100_000)
    let limits = JSONLimits(maxBytes: compact.count)
    #expect(try Checked.object(spaces + text + spaces, limits: limits).text == compact)
  }
}
