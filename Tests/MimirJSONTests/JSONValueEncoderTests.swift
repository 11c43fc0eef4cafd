import MimirBase
import MimirJSON
import Testing

@Suite struct JSONValueEncoderTests {
  struct Everything: Encodable {
    var bool = true
    var int = -1
    var int8 = Int8.min
    var int64 = Int64.min
    var uint64 = UInt64.max
    var int128 = Int128.max
    var small128 = UInt128(7)
    var float = Float(0.1)
    var double = 0.1
    var nan = Double.nan
    var string = "é"
    var missing: Int?
    var present: Int? = 3
    var array = [1.5, 2.5]
    var optionals = [1, nil]
    var nested = ["k": ["x"]]
    var value: JSONValue = ["z": 1, "a": [nil]]
    var object: JSONObject = ["q": 2]
    var choice = Choice.b
    var associated = Associated.pair(1, name: "n")
  }

  enum Choice: String, Encodable { case a, b = "bee" }
  enum Associated: Encodable { case pair(Int, name: String) }

  @Test func everyTypeKeepsItsValue() throws {
    let value = try JSONValueEncoder.encode(Everything())
    let expected: JSONValue = [
      "bool": true, "int": -1, "int8": -128, "int64": .int(.min), "uint64": .uint(.max),
      "int128": .number("170141183460469231731687303715884105727"), "small128": 7,
      "float": .float(0.1), "double": 0.1, "nan": .double(.nan), "string": "é", "present": 3,
      "array": [1.5, 2.5], "optionals": [1, nil], "nested": ["k": ["x"]],
      "value": ["z": 1, "a": [nil]], "object": ["q": 2], "choice": "bee",
      "associated": ["pair": ["_0": 1, "name": "n"]],
    ]
    #expect(value == expected)
  }

  @Test func singleValuesStandAlone() throws {
    #expect(try JSONValueEncoder.encode(1) == 1)
    #expect(try JSONValueEncoder.encode("x") == "x")
    #expect(try JSONValueEncoder.encode([1, 2]) == [1, 2])
    #expect(try JSONValueEncoder.encode(Int?.none) == nil)
    #expect(try JSONValueEncoder.encode(Int??.some(.some(1))) == 1)
    #expect(try JSONValueEncoder.encode(JSONValue.number("1e999")) == .number("1e999"))
    #expect(try JSONValueEncoder.encode([Int: String]()) == [:])
    #expect(try JSONValueEncoder.encode([1: "a"]) == ["1": "a"])
    #expect(try JSONValueEncoder.encode([UInt128.max, 1].map(Optional.some)).arrayValue?[1] == 1)
  }

  enum Key: String, CodingKey { case a, b, c, d }

  struct Containers: Encodable {
    func encode(to encoder: any Encoder) throws {
      var keyed = encoder.container(keyedBy: Key.self)
      var list = keyed.nestedUnkeyedContainer(forKey: .a)
      var inner = keyed.nestedContainer(keyedBy: Key.self, forKey: .b)
      try list.encode(1)
      try inner.encode(2, forKey: .c)
      var listed = list.nestedContainer(keyedBy: Key.self)
      var deeper = list.nestedUnkeyedContainer()
      try list.encodeNil()
      #expect(list.count == 4)
      try deeper.encode(UInt8(3))
      try listed.encodeNil(forKey: .d)
      try "s".encode(to: list.superEncoder())
      try 5.encode(to: keyed.superEncoder())
      try 6.encode(to: keyed.superEncoder(forKey: .d))
      var again = encoder.container(keyedBy: Key.self)
      try again.encode(inner.codingPath.map(\.stringValue), forKey: .c)
    }
  }

  @Test func containersMayBeFilledInAnyOrder() throws {
    #expect(
      try JSONValueEncoder.encode(Containers()) == [
        "a": [1, ["d": nil], [3], nil, "s"], "b": ["c": 2], "super": 5, "d": 6, "c": ["b"],
      ])
  }

  struct Empty: Encodable {
    func encode(to encoder: any Encoder) throws {}
  }

  @Test func nothingIsAnEmptyObject() throws {
    #expect(try JSONValueEncoder.encode(Empty()) == [:])
    #expect(try JSONValueEncoder.encode([Empty()]) == [[:]])
  }

  struct Failure: Error {}

  struct Failing: Encodable {
    var error: (any Error)?
    func encode(to encoder: any Encoder) throws {
      if let error { throw error }
      var container = encoder.singleValueContainer()
      try container.encode(1)
    }
  }

  @Test func errorsNameTheirPlace() {
    let error = #expect(throws: MimirError.self) {
      try JSONValueEncoder.encode(["a": [Failing(), Failing(error: Failure())]])
    }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains("Failure()") == true)
    #expect(error?.message.contains("at /a/1;") == true)
    let top = #expect(throws: MimirError.self) {
      try JSONValueEncoder.encode(Failing(error: Failure()))
    }
    #expect(top?.message.contains("at the top") == true)
    let context = EncodingError.Context(codingPath: [Key.a, Key.b], debugDescription: "no such")
    let foreign = #expect(throws: MimirError.self) {
      try JSONValueEncoder.encode(Failing(error: EncodingError.invalidValue(5, context)))
    }
    #expect(foreign?.code == .invalidArgument)
    #expect(foreign?.message.contains("Int: no such, at /a/b") == true)
  }

  struct Careful: Encodable {
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try? container.encode(Failing(error: Failure()), forKey: .a)
      try container.encode(Failing(), forKey: .b)
    }
  }

  @Test func anErrorMayBeCaughtOnItsWay() throws {
    #expect(try JSONValueEncoder.encode(Careful()) == ["b": 1])
  }

  struct Misuse: Encodable {
    var way: Int
    func encode(to encoder: any Encoder) throws {
      switch way {
      case 0:
        _ = encoder.container(keyedBy: Key.self)
        _ = encoder.unkeyedContainer()
      case 1:
        var single = encoder.singleValueContainer()
        try single.encode(1)
        _ = encoder.container(keyedBy: Key.self)
      default:
        var single = encoder.singleValueContainer()
        try single.encode(1)
        try single.encode(2)
      }
    }
  }

  @Test(arguments: 0...2) func misuseIsAnError(_ way: Int) {
    let error = #expect(throws: MimirError.self) {
      try JSONValueEncoder.encode(["k": Misuse(way: way)])
    }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains("at /k") == true)
  }

  final class Chain: Encodable {
    let next: Chain?
    init(_ length: Int) { next = length > 1 ? Chain(length - 1) : nil }
  }

  final class Loop: Encodable {
    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(self)
    }
  }

  @Test func depthIsLimited() throws {
    var value: JSONValue? = try JSONValueEncoder.encode(Chain(512))
    var depth = 0
    while let inner = value {
      depth += 1
      value = inner["next"]
    }
    #expect(depth == 512)
    for error in [
      #expect(throws: MimirError.self) { try JSONValueEncoder.encode(Chain(513)) },
      #expect(throws: MimirError.self) { try JSONValueEncoder.encode(Loop()) },
    ] {
      #expect(error?.code == .tooDeep)
    }
  }

  struct NestedForever: Encodable {
    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      for _ in 0..<600 { container = Self.list(container.nestedUnkeyedContainer()) }
      try container.encode(1)
    }

    static func list(_ container: any UnkeyedEncodingContainer) -> any UnkeyedEncodingContainer {
      container
    }
  }

  @Test func nestedContainersCountToo() {
    let error = #expect(throws: MimirError.self) { try JSONValueEncoder.encode(NestedForever()) }
    #expect(error?.code == .tooDeep)
  }
}
