import MimirBase
import MimirJSON
import Testing

struct ObjectWriterTests {
  @Test func everyKindOfMember() throws {
    var writer = ObjectWriter()
    try writer.setInt64(key("int"), -5)
    try writer.setUint64(key("uint"), .max)
    try writer.setDouble(key("double"), 2)
    try writer.setFloat(key("float"), 0.1)
    try writer.setBool(key("yes"), true)
    try writer.setBool(key("no"), false)
    try writer.setNull(key("null"))
    try writer.setString(key("text"), key("a\"b\n"))
    try writer.setRaw(key("raw"), key("[1,{}]"), nonfinite: 0)
    #expect(
      writer.lineText()
        == #"{"int":-5,"uint":18446744073709551615,"double":2.0,"float":0.1,"yes":true,"no":false,"#
        + #""null":null,"text":"a\"b\n","raw":[1,{}]}"# + "\n")
    #expect(writer.nonfinite == 0)
  }

  @Test func emptyEntry() {
    var writer = ObjectWriter()
    #expect(writer.lineText() == "{}\n")
  }

  @Test func theLineLeavesTheEntryOpen() throws {
    var writer = ObjectWriter()
    #expect(writer.lineText() == "{}\n")
    try writer.setInt64(key("a"), 1)
    #expect(writer.lineText() == "{\"a\":1}\n")
    #expect(writer.lineText() == "{\"a\":1}\n")
    try writer.setInt64(key("b"), 2)
    #expect(writer.lineText() == "{\"a\":1,\"b\":2}\n")
    writer.clear()
    #expect(writer.lineText() == "{}\n")
    try writer.setInt64(key("c"), 3)
    #expect(writer.lineText() == "{\"c\":3}\n")
  }

  @Test func keysOfEveryLengthAndKind() throws {
    for length in 0...70 {
      let plain = String(repeating: "k", count: length)
      for name in [plain, plain + "é" + plain] {
        let source = ExactBytes(name)
        defer { source.free() }
        var writer = ObjectWriter()
        try writer.setInt64(source.view, 1)
        try writer.setNull(source.view)
        #expect(writer.lineText() == "{\"\(name)\":1,\"\(name)\":null}\n")
      }
    }
    var writer = ObjectWriter()
    try writer.setDouble(key("a\"\\\n\u{1}"), 0.5)
    try writer.setDouble(UnsafeRawBufferPointer(start: nil, count: 0), 1.5)
    #expect(writer.lineText() == #"{"a\"\\\n\u0001":0.5,"":1.5}"# + "\n")
  }

  @Test func listsOfDoubles() throws {
    var random = SeededRandom(state: 8)
    for count in [0, 1, 2, 1000] {
      let values = (0..<count).map { _ in Double.random(in: -10...10, using: &random) }
      let memory = UnsafeMutableBufferPointer<Double>.allocate(capacity: count)
      defer { memory.deallocate() }
      _ = memory.initialize(from: values)
      var writer = ObjectWriter()
      try writer.setDoubles(key("list"), UnsafeBufferPointer(memory))
      try writer.setDoubles(key("none"), UnsafeBufferPointer(start: nil, count: 0))
      let list = values.map { value in
        written(room: 32) { FloatText.write(value, to: $0) } ?? "too long"
      }
      #expect(
        writer.lineText() == "{\"list\":[" + list.joined(separator: ",") + "],\"none\":[]}\n")
    }
  }

  @Test func countsNonfinite() throws {
    var writer = ObjectWriter()
    try writer.setDouble(key("a"), .nan)
    try writer.setFloat(key("b"), -.infinity)
    try writer.setDouble(key("c"), 1)
    #expect(writer.nonfinite == 2)
    let memory = UnsafeMutableBufferPointer<Double>.allocate(capacity: 3)
    defer { memory.deallocate() }
    _ = memory.initialize(from: [.nan, 0.5, .infinity])
    try writer.setDoubles(key("d"), UnsafeBufferPointer(memory))
    try writer.setRaw(key("e"), key("[NaN]"), nonfinite: 1)
    #expect(writer.nonfinite == 5)
    #expect(
      writer.lineText()
        == #"{"a":NaN,"b":-Infinity,"c":1.0,"d":[NaN,0.5,Infinity],"e":[NaN]}"# + "\n")
    writer.clear()
    #expect(writer.nonfinite == 0)
  }

  @Test func nestedObjects() throws {
    var writer = ObjectWriter()
    try writer.beginObject(key("empty"))
    try writer.endObject()
    try writer.beginObject(key("a"))
    try writer.beginObject(key("b"))
    #expect(writer.depth == 2)
    try writer.setInt64(key("x"), 1)
    try writer.endObject()
    try writer.setInt64(key("y"), 2)
    try writer.beginObject(key("c"))
    try writer.endObject()
    try writer.endObject()
    #expect(writer.depth == 0)
    try writer.setInt64(key("z"), 3)
    #expect(
      writer.lineText() == #"{"empty":{},"a":{"b":{"x":1},"y":2,"c":{}},"z":3}"# + "\n")
  }

  @Test func openObjectsHaveNoLine() throws {
    var writer = ObjectWriter()
    try writer.beginObject(key("a"))
    #expect(writer.lineText().contains("1 nested object open"))
    try writer.beginObject(key("b"))
    #expect(writer.lineText().contains("2 nested objects open"))
    #expect(throws: MimirError.self) { try ObjectWriterTests.endObjectOfNew() }
    writer.clear()
    #expect(writer.depth == 0)
    #expect(writer.lineText() == "{}\n")
  }

  private static func endObjectOfNew() throws(MimirError) {
    var writer = ObjectWriter()
    try writer.endObject()
  }

  @Test func arrayMember() throws {
    var writer = ObjectWriter()
    let data = ExactBytes([1, 2, 3])
    defer { data.free() }
    let shape = UnsafeMutableBufferPointer<Int>.allocate(capacity: 1)
    defer { shape.deallocate() }
    shape.initialize(repeating: 3)
    try writer.setArray(
      key("w"), data: data.view.baseAddress, dtype: .uint8, shape: UnsafeBufferPointer(shape),
      fortranOrder: false)
    try writer.setInt64(key("i"), 1)
    #expect(
      writer.lineText()
        == #"{"w":{"__ndarray__":"AQID","descr":"|u1","fortran_order":false,"shape":[3]},"i":1}"#
        + "\n")
  }
}
