import MimirBase
import MimirJSON
import Testing

/// What a writer refuses, and that it stays as it was then.
struct ObjectWriterLimitTests {
  fileprivate nonisolated(unsafe) static let none = UnsafeRawBufferPointer(start: nil, count: 0)
  fileprivate nonisolated(unsafe) static let noDoubles = UnsafeBufferPointer<Double>(
    start: nil, count: 0)
  fileprivate nonisolated(unsafe) static let noShape = UnsafeBufferPointer<Int>(
    start: nil, count: 0)

  /// One call of each setter with this key.
  enum Setter: CaseIterable {
    case int64, uint64, double, float, bool, null, string, doubles, array, raw, object

    func call(
      _ writer: inout ObjectWriter, _ key: UnsafeRawBufferPointer
    ) throws(MimirError) {
      switch self {
      case .int64: try writer.setInt64(key, 1)
      case .uint64: try writer.setUint64(key, 1)
      case .double: try writer.setDouble(key, .nan)
      case .float: try writer.setFloat(key, .nan)
      case .bool: try writer.setBool(key, true)
      case .null: try writer.setNull(key)
      case .string: try writer.setString(key, ObjectWriterLimitTests.none)
      case .doubles: try writer.setDoubles(key, ObjectWriterLimitTests.noDoubles)
      case .array:
        let byte = ExactBytes([1])
        defer { byte.free() }
        try writer.setArray(
          key, data: byte.view.baseAddress, dtype: .int8, shape: ObjectWriterLimitTests.noShape,
          fortranOrder: false)
      case .raw: try writer.setRaw(key, ObjectWriterLimitTests.none, nonfinite: 3)
      case .object: try writer.beginObject(key)
      }
    }
  }

  private func error(_ writer: inout ObjectWriter, _ setter: Setter, _ key: [UInt8]) -> MimirError?
  {
    let source = ExactBytes(key)
    defer { source.free() }
    do throws(MimirError) {
      try setter.call(&writer, source.view)
      return nil
    } catch { return error }
  }

  @Test(arguments: Setter.allCases, [0, 3, 20])
  func keyThatIsNotUTF8(setter: Setter, place: Int) throws {
    var writer = ObjectWriter()
    try writer.setInt64(key("a"), 1)
    let bad = [UInt8](repeating: 0x6b, count: place) + [0xff, 0x6b]
    let failure = error(&writer, setter, bad)
    #expect(failure?.code == .invalidUTF8)
    #expect(failure?.offset == place)
    #expect(failure?.message.hasPrefix("key is not valid UTF-8 at byte offset \(place);") == true)
    #expect(writer.depth == 0)
    #expect(writer.nonfinite == 0)
    #expect(writer.lineText() == "{\"a\":1}\n")
    try writer.setInt64(key("b"), 2)
    #expect(writer.lineText() == "{\"a\":1,\"b\":2}\n")
  }

  @Test(arguments: Setter.allCases)
  func entryThatWouldBeTooLarge(setter: Setter) throws {
    // Room for `{"a":1}` and one byte.
    var writer = ObjectWriter(limit: 8)
    try writer.setInt64(key("a"), 1)
    for name in ["bcdef", "é"] {
      #expect(error(&writer, setter, Array(name.utf8))?.code == .tooLarge)
      #expect(writer.depth == 0)
      #expect(writer.nonfinite == 0)
      #expect(writer.lineText() == "{\"a\":1}\n")
    }
  }

  @Test func theLimitIsExact() throws {
    for limit in 0..<40 {
      var writer = ObjectWriter(limit: limit)
      var accepted = "{}\n"
      do throws(MimirError) {
        try writer.beginObject(key("a"))
        try writer.setInt64(key("b"), 1)
        try writer.beginObject(key("c"))
        try writer.endObject()
        try writer.setNull(key("d"))
        try writer.endObject()
        accepted = writer.lineText()
        #expect(limit >= accepted.utf8.count - 1)
      } catch {
        #expect(error.code == .tooLarge)
        #expect(limit < #"{"a":{"b":1,"c":{},"d":null}}"#.utf8.count)
        while writer.depth > 0 { try writer.endObject() }
        #expect(writer.lineText().utf8.count - 1 <= max(limit, 2))
      }
    }
  }

  @Test func escapesCountTowardsTheLimit() throws {
    let controls = ExactBytes([UInt8](repeating: 1, count: 900))
    defer { controls.free() }
    // `{"k":"` and `"}` around 900 escapes of 6 bytes.
    for (limit, code) in [(5408, nil), (5407, .tooLarge), (1000, .tooLarge)]
      as [(Int, MimirError.Code?)]
    {
      for isKey in [false, true] {
        var writer = ObjectWriter(limit: limit)
        var found: MimirError.Code?
        do throws(MimirError) {
          if isKey {
            try writer.setInt64(controls.view, 10)
          } else {
            try writer.setString(key("k"), controls.view)
          }
        } catch { found = error.code }
        #expect(found == (isKey && limit == 5407 ? nil : code))
        if found != nil { #expect(writer.lineText() == "{}\n") }
      }
    }
  }

  @Test func hugeValuesAreRefusedUnread() {
    let byte = ExactBytes([0x61])
    defer { byte.free() }
    let huge = UnsafeRawBufferPointer(start: byte.view.baseAddress, count: 1 << 31)
    let codes = [
      Self.code { (writer) throws(MimirError) in try writer.setString(key("a"), huge) },
      Self.code { (writer) throws(MimirError) in try writer.setRaw(key("a"), huge, nonfinite: 0) },
      Self.code { (writer) throws(MimirError) in try writer.setNull(huge) },
    ]
    #expect(codes == [.tooLarge, .tooLarge, .tooLarge])
  }

  private static func code(
    _ run: (inout ObjectWriter) throws(MimirError) -> Void
  ) -> MimirError.Code? {
    var writer = ObjectWriter()
    do throws(MimirError) { try run(&writer) } catch { return error.code }
    return nil
  }

  @Test func textThatIsNotUTF8() throws {
    var writer = ObjectWriter()
    try writer.setInt64(key("a"), 1)
    let bad = ExactBytes([0x61, 0x62, 0xc3])
    defer { bad.free() }
    let failure: MimirError?
    do throws(MimirError) {
      try writer.setString(key("text"), bad.view)
      failure = nil
    } catch { failure = error }
    #expect(failure?.code == .invalidUTF8)
    #expect(failure?.offset == 2)
    #expect(failure?.message.hasPrefix("text is not valid UTF-8") == true)
    #expect(writer.lineText() == "{\"a\":1}\n")
  }

  @Test func arrayThatDoesNotFitItsShape() throws {
    var writer = ObjectWriter()
    try writer.setInt64(key("a"), 1)
    let failure: MimirError?
    do throws(MimirError) {
      try writer.setArray(
        key("w"), data: nil, dtype: .int8, shape: Self.noShape, fortranOrder: false)
      failure = nil
    } catch { failure = error }
    #expect(failure?.code == .invalidArgument)
    #expect(writer.lineText() == "{\"a\":1}\n")
  }

  @Test func depth() throws {
    var writer = ObjectWriter()
    for _ in 0..<509 { try writer.beginObject(key("o")) }
    // Levels: the entry, 509 objects, and two of an array.
    #expect(error(&writer, .array, [0x77]) == nil)
    try writer.beginObject(key("o"))
    #expect(error(&writer, .array, [0x77])?.code == .tooDeep)
    #expect(error(&writer, .doubles, [0x77]) == nil)
    try writer.beginObject(key("o"))
    #expect(error(&writer, .doubles, [0x77])?.code == .tooDeep)
    #expect(error(&writer, .object, [0x77])?.code == .tooDeep)
    #expect(writer.depth == 511)
    try writer.setInt64(key("x"), 1)
    for _ in 0..<511 { try writer.endObject() }
    let line = writer.lineText()
    #expect(line.hasPrefix("{\"o\":{\"o\":"))
    #expect(line.contains("\"w\":[],\"o\":{\"x\":1}}"))
    #expect(line.utf8.filter { $0 == UInt8(ascii: "{") }.count == 513)
  }

  @Test func endingMoreThanWasBegun() throws {
    var writer = ObjectWriter()
    try writer.beginObject(key("a"))
    try writer.endObject()
    var failure: MimirError?
    do throws(MimirError) { try writer.endObject() } catch { failure = error }
    #expect(failure?.code == .invalidState)
    #expect(writer.lineText() == "{\"a\":{}}\n")
  }
}
