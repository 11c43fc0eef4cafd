import MimirBase
import MimirJSON
import Testing

@Suite struct NonfiniteTests {
  private func applied(
    _ text: String, _ policy: NonfinitePolicy
  ) throws(MimirError) -> (text: String, findings: [NonfiniteFinding]) {
    var findings: [NonfiniteFinding] = []
    let result = try Checked.run(Array(text.utf8)) { bytes, out throws(MimirError) in
      try Nonfinite.apply(bytes, policy: policy, into: &out) { findings.append($0) }
      return 0
    }
    return (String(decoding: result.text, as: UTF8.self), findings)
  }

  private func restored(_ text: String) throws(MimirError) -> (text: String, count: Int) {
    let result = try Checked.run(Array(text.utf8)) { bytes, out throws(MimirError) in
      try Nonfinite.restore(bytes, into: &out)
    }
    return (String(decoding: result.text, as: UTF8.self), result.tokens)
  }

  static let entry =
    #"{"step":1,"loss":NaN,"s":"NaN \" -Infinity","a":[1,{"b/c":Infinity,"~":[[],-Infinity]}],"x":-2}"#

  @Test(arguments: [
    (
      NonfinitePolicy.null,
      #"{"step":1,"loss":null,"s":"NaN \" -Infinity","a":[1,{"b/c":null,"~":[[],null]}],"x":-2}"#
    ),
    (
      .string,
      #"{"step":1,"loss":"NaN","s":"NaN \" -Infinity","#
        + #""a":[1,{"b/c":"Infinity","~":[[],"-Infinity"]}],"x":-2}"#
    ),
    (.literal, entry),
    (
      .tagged,
      #"{"step":1,"loss":null,"s":"NaN \" -Infinity","a":[1,{"b/c":null,"~":[[],null]}],"x":-2,"#
        + #""__nonfinite__":{"/loss":"NaN","/a/1/b~1c":"Infinity","/a/1/~0/1":"-Infinity"}}"#
    ),
  ])
  func eachPolicyWrites(_ policy: NonfinitePolicy, _ expected: String) throws {
    let (text, findings) = try applied(Self.entry, policy)
    #expect(text == expected)
    #expect(findings.map(\.pointer) == ["/loss", "/a/1/b~1c", "/a/1/~0/1"])
    #expect(findings.map(\.value) == ["NaN", "Infinity", "-Infinity"])
  }

  @Test func errorNamesTheKey() {
    let error = #expect(throws: MimirError.self) { try applied(Self.entry, .error) }
    #expect(error?.code == .nonfinite)
    #expect(error?.message.hasPrefix("/loss is NaN") == true)
  }

  @Test func finiteEntriesStayAsTheyAre() throws {
    for text in ["{}", #"{"a":{"b":[]},"c":"Infinity","d":-1e5,"":"\\"}"#] {
      for policy in [NonfinitePolicy.null, .tagged, .string, .literal, .error] {
        let result = try applied(text, policy)
        #expect(result.text == text)
        #expect(result.findings.isEmpty)
      }
    }
  }

  @Test(arguments: [
    #"{"a":NaN}"#, entry, #"{"":NaN}"#, #"{"/":{"":Infinity,"~1":-Infinity}}"#,
    #"{"a\"b\\\u00e9\n😀":NaN}"#, #"{"a":[[[NaN],NaN]],"b":[null,NaN,null]}"#,
    #"{"a":NaN,"b":null}"#, #"{"__nonfinite__":NaN}"#, #"{"__nonfinite__":{"/a":NaN},"a":null}"#,
    #"{"a":NaN,"__nonfinite__":{"/a":"NaN"}}"#, #"{"a":1,"a":NaN}"#,
    "{\"\u{e9}\":NaN,\"e\u{301}\":Infinity}",
    #"{"0":[NaN],"a":{"0":NaN}}"#,
  ])
  func taggedIsUndone(_ text: String) throws {
    let tagged = try applied(text, .tagged)
    #expect(!tagged.text.contains(":NaN") && !tagged.text.contains("[NaN"))
    #expect(try Checked.object(tagged.text) == tagged.text)
    let back = try restored(tagged.text)
    #expect(back.text == text)
    #expect(back.count == tagged.findings.count)
  }

  /// Readers take the last of a key that stands twice; one that is hidden gets no tag.
  @Test func duplicateKeysKeepTheirLastValue() throws {
    #expect(try applied(#"{"a":NaN,"a":1}"#, .tagged).text == #"{"a":null,"a":1}"#)
    let some = try applied(#"{"a":NaN,"a":null,"b":NaN}"#, .tagged)
    #expect(some.text == #"{"a":null,"a":null,"b":null,"__nonfinite__":{"/b":"NaN"}}"#)
    #expect(try restored(some.text).text == #"{"a":null,"a":null,"b":NaN}"#)
    let both = try applied(#"{"a":NaN,"a":Infinity}"#, .tagged)
    #expect(both.text == #"{"a":null,"a":null,"__nonfinite__":{"/a":"Infinity"}}"#)
    #expect(both.findings.count == 2)
    #expect(try restored(both.text).text == #"{"a":null,"a":Infinity}"#)
  }

  @Test(arguments: [
    "{}", #"{"a":null}"#, #"{"a":{}}"#, #"{"__nonfinite__":{"":"NaN"}}"#,
    #"{"a":null,"__nonfinite__":{}}"#, #"{"a":null,"__nonfinite__":[]}"#,
    #"{"a":null,"__nonfinite__":null}"#, #"{"a":null,"__nonfinite__":"NaN"}"#,
    #"{"a":null,"__nonfinite__":{"/a":"nan"}}"#, #"{"a":null,"__nonfinite__":{"/a":NaN}}"#,
    #"{"a":null,"__nonfinite__":{"/a":1}}"#, #"{"a":null,"__nonfinite__":{"/a":{"/a":"NaN"}}}"#,
    #"{"a":null,"__nonfinite__":{"/a":[]}}"#,
    #"{"a":null,"__nonfinite__":{"/a":"NaN","/b":"NaN"}}"#,
    #"{"a":1,"__nonfinite__":{"/a":"NaN"}}"#, #"{"a":"null","__nonfinite__":{"/a":"NaN"}}"#,
    #"{"a":[],"__nonfinite__":{"/a":"NaN"}}"#, #"{"a":null,"__nonfinite__":{"a":"NaN"}}"#,
    #"{"a":null,"__nonfinite__":{"/a":"NaN","/a":"NaN"}}"#,
    #"{"a":null,"__nonfinite__":{"":"NaN"}}"#,
    #"{"__nonfinite__":{"/a":"NaN"},"a":null}"#, #"{"a":null,"b":{"__nonfinite__":{"/a":"NaN"}}}"#,
    #"{"a":null,"__nonfinite__x":{"/a":"NaN"}}"#, #"{"a":null,"__nonfinite__":{"/a/0":"NaN"}}"#,
    #"{"a":null,"a":1,"__nonfinite__":{"/a":"NaN"}}"#, #"{"a":NaN}"#, "[{}]", "1", "\"}}\"", "",
  ])
  func whatIsNoTagStaysAsItIs(_ text: String) throws {
    let result = try restored(text)
    #expect(result.text == text)
    #expect(result.count == 0)
  }

  @Test func onlyTheLastTagIsUndone() throws {
    let text =
      #"{"a":null,"__nonfinite__":{"/a":"NaN"},"b":null,"__nonfinite__":{"/b":"-Infinity"}}"#
    #expect(
      try restored(text).text == #"{"a":null,"__nonfinite__":{"/a":"NaN"},"b":-Infinity}"#)
  }

  /// Neither trusts its input further than its end.
  @Test func brokenTextDoesNoHarm() throws {
    let text = Array(
      #"{"a":[null,{"b\"":null}],"n":NaN,"__nonfinite__":{"/a/0":"NaN","/a/1/b\"":"Infinity"}}"#
        .utf8)
    for index in text.indices {
      for byte in [
        UInt8(ascii: "\""), UInt8(ascii: "}"), UInt8(ascii: "\\"), UInt8(ascii: "N"), 0xff,
      ] {
        var broken = text
        broken[index] = byte
        for broken in [broken, Array(broken[...index]), Array(broken[index...])] {
          _ = try Checked.run(broken) { bytes, out throws(MimirError) in
            try Nonfinite.restore(bytes, into: &out)
          }
          _ = try? Checked.run(broken) { bytes, out throws(MimirError) in
            try Nonfinite.apply(bytes, policy: .tagged, into: &out) { _ in }
            return 0
          }
        }
      }
    }
  }
}
