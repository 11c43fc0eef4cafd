import MimirJSON
import Testing

@Suite struct JSONLeavesTests {
  private func leaves(_ text: String, entersLists: Bool = false) -> [String] {
    Array(text.utf8).withUnsafeBytes { bytes in
      var leaves = JSONLeaves(bytes, entersLists: entersLists)
      var found: [String] = []
      while leaves.next() {
        let path = String(decoding: leaves.path, as: UTF8.self)
        found.append("\(path) \(leaves.kind) \(String(decoding: leaves.value, as: UTF8.self))")
      }
      return found
    }
  }

  @Test func givesEachValueWithItsPath() {
    #expect(
      leaves(#"{"a":1,"b":{"c":true,"d":{"e":null},"f":{}},"g.h":"x\"y","i":-1.5e3}"#) == [
        "a number 1", "b.c bool true", "b.d.e null null", #"g.h string x\"y"#, "i number -1.5e3",
      ])
    #expect(leaves("{}") == [])
    #expect(leaves(#"{"a":NaN,"\u00e9\n":-Infinity}"#) == ["a number NaN", "é\n number -Infinity"])
  }

  @Test func listsAreEnteredOnlyWhenAsked() {
    let text = #"{"a":[1,[2,{"b":3}],[]],"c":{"d":[{"e":4}],"f":5}}"#
    #expect(leaves(text) == ["a array ", "c.d array ", "c.f number 5"])
    #expect(
      leaves(text, entersLists: true) == [
        "a.0 number 1", "a.1.0 number 2", "a.1.1.b number 3", "c.d.0.e number 4", "c.f number 5",
      ])
  }

  @Test(arguments: [false, true])
  func anArrayIsOneValue(entersLists: Bool) {
    let array = #"{"__ndarray__":"AAAA","descr":"|u1","fortran_order":false,"shape":[3]}"#
    #expect(
      leaves(#"{"a":\#(array),"b":{"c":\#(array),"d":1}}"#, entersLists: entersLists) == [
        "a array ", "b.c array ", "b.d number 1",
      ])
  }

  /// It checks nothing, and must not trap.
  @Test func whateverTheTextIs() {
    for text in [
      "", "}", "[[[", "{\"a\":{\"b\"", "{\"a\":[1}}}{\"b\":2", "1,2", "{\"a\":\"", "{{{:",
    ] {
      for entersLists in [false, true] { _ = leaves(text, entersLists: entersLists) }
      for length in 0..<text.utf8.count { _ = leaves(String(text.prefix(length))) }
    }
  }
}
