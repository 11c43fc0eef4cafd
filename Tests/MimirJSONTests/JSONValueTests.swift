import Foundation
import MimirBase
import MimirJSON
import Testing

@Suite struct JSONValueTests {
  @Test func literalsMakeValues() {
    let value: JSONValue = [
      "null": nil, "bool": true, "int": -1, "double": 0.5, "string": "s\(1)",
      "array": [1, "a", []],
      "object": ["a": ["b": 1]],
    ]
    #expect(
      value.description
        == #"{"null":null,"bool":true,"int":-1,"double":0.5,"string":"s1","array":[1,"a",[]],"#
        + #""object":{"a":{"b":1}}}"#)
    #expect(value["object"]?["a"]?["b"] == 1)
    #expect(value["array"]?[1] == "a")
  }

  @Test func accessorsGiveOnlyWhatIsThere() {
    let value: JSONValue = ["a": [1, 2.5], "t": true, "s": "x", "n": nil]
    #expect(value["a"]?[0]?.intValue == 1)
    #expect(value["a"]?[0]?.doubleValue == 1)
    #expect(value["a"]?[1]?.doubleValue == 2.5)
    #expect(value["a"]?[1]?.intValue == nil)
    for index in [2, -1, .max, .min] { #expect(value["a"]?[index] == nil) }
    #expect(value["b"] == nil)
    #expect(value[0] == nil)
    #expect(value["a"]?["x"] == nil)
    #expect(value["t"]?.boolValue == true)
    #expect(value["s"]?.stringValue == "x")
    #expect(value["n"]?.isNull == true)
    #expect(value.objectValue?.keys == ["a", "t", "s", "n"])
    #expect(value["a"]?.arrayValue?.count == 2)
    #expect(JSONValue.uint(.max).intValue == nil)
    #expect(JSONValue.uint(7).intValue == 7)
    #expect(JSONValue.uint(.max).doubleValue == 18_446_744_073_709_551_616)
    #expect(JSONValue.float(0.1).doubleValue == Double(Float(0.1)))
    #expect(JSONValue.number("1e400").doubleValue == .infinity)
  }

  @Test func equalityIsLawful() {
    let values: [JSONValue] = [
      .null, false, true, 0, 1, .uint(.max), .number("1e999"), 0.0, 1.0, .double(.nan),
      .float(.nan), .float(1), "", "1", [], [nil], [:], ["a": 1], ["a": 1, "b": 2],
      ["b": 2, "a": 1],
    ]
    for (index, left) in values.enumerated() {
      for (other, right) in values.enumerated() { #expect((left == right) == (index == other)) }
    }
    #expect(Set(values + values).count == values.count)
    #expect(JSONValue.int(5) == .uint(5))
    #expect(JSONValue.int(5).hashValue == JSONValue.uint(5).hashValue)
    #expect(JSONValue.int(-1) != .uint(.max))
    #expect(JSONValue.double(-0.0) == .double(0.0))
    #expect(Set<JSONValue>([.double(-.nan), .double(.nan), .double(.signalingNaN)]).count == 1)
  }

  @Test func objectsKeepTheirOrder() {
    var object: JSONObject = ["b": 1, "a": 2]
    object["c"] = 3
    object["b"] = 4
    #expect(object.keys == ["b", "a", "c"])
    #expect(object["b"] == 4)
    object.append(key: "b", value: 5)
    #expect(object.count == 4)
    #expect(object["b"] == 5)
    object["b"] = 6
    #expect(object.description == #"{"b":4,"a":2,"c":3,"b":6}"#)
    object["b"] = nil
    #expect(object.map(\.key) == ["a", "c"])
    #expect(object.map(\.value) == [2, 3])
    #expect(!object.isEmpty && JSONObject().isEmpty)
  }

  static let readings: [(String, JSONValue)] = [
    ("0", 0), ("-0", 0), ("9223372036854775807", .int(.max)),
    ("-9223372036854775808", .int(.min)), ("9223372036854775808", .uint(1 << 63)),
    ("18446744073709551615", .uint(.max)),
    ("18446744073709551616", .number("18446744073709551616")),
    ("-9223372036854775809", .number("-9223372036854775809")), ("1.0", 1.0), ("1e2", 100.0),
    ("1E-2", 0.01), ("0.1", 0.1), ("5e-324", .double(.leastNonzeroMagnitude)), ("1e-400", 0.0),
    ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)), ("1e400", .number("1e400")),
    ("-1e400", .number("-1e400")), ("NaN", .double(.nan)), ("Infinity", .double(.infinity)),
    ("-Infinity", .double(-.infinity)), ("null", nil), ("true", true), ("false", false),
    ("\"\"", ""), (#""a\"\\\/\b\f\n\r\té\u00e9\uD83D\uDE00\u0000""#, "a\"\\/\u{8}\u{c}\n\r\téé😀\0"),
    ("[]", []), ("{}", [:]), (" [ 1 , [ ] , { } ] ", [1, [], [:]]),
    (#"{"a":{"b":[{"c":[1,2]}]},"d":3}"#, ["a": ["b": [["c": [1, 2]]]], "d": 3]),
    (#"{"k\n":1,"k\n":2}"#, .object(["k\n": 1, "k\n": 2])),
  ]

  @Test(arguments: readings)
  func textIsRead(_ text: String, _ expected: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == expected)
  }

  @Test func faultsAreReported() {
    for (text, offset) in [("", 0), ("[1,]", 3), ("1 2", 2), ("{\"a\":x}", 5)] {
      let error = #expect(throws: MimirError.self) { try JSONValue(parsing: text) }
      #expect(error?.code == .invalidJSON)
      #expect(error?.offset == offset)
    }
  }

  @Test func numbersAsTextAreChecked() {
    for good in ["0", "-1.5e10", "123456789012345678901234567890"] {
      #expect(JSONValue.number(good).description == good)
    }
    for bad in ["", "1,2", " 1", "1 ", "+1", "NaN", "1.", "\"", "1}"] {
      var out = ByteBuffer()
      out.append("x")
      let error = #expect(throws: MimirError.self) {
        try JSONValue.array([1, .number(bad)]).append(to: &out)
      }
      #expect(error?.code == .invalidArgument)
      #expect(out.count == 1)
    }
  }

  @Test func depthIsLimitedWhenWriting() throws {
    func nested(_ depth: Int) -> JSONValue {
      (1..<depth).reduce(JSONValue.array([])) { inner, level in
        level % 2 == 0 ? .array([inner]) : ["k": inner]
      }
    }
    let text = nested(512).description
    #expect(try JSONValue(parsing: text) == nested(512))
    var out = ByteBuffer()
    let error = #expect(throws: MimirError.self) { try nested(513).append(to: &out) }
    #expect(error?.code == .tooDeep)
    #expect(out.count == 0)
  }

  @Test func tokensAreCounted() throws {
    var out = ByteBuffer()
    let value: JSONValue = ["a": .double(.nan), "b": [.float(-.infinity), 1.5, "NaN"]]
    #expect(try value.append(to: &out) == 2)
    #expect(String(decoding: out.bytes, as: UTF8.self) == #"{"a":NaN,"b":[-Infinity,1.5,"NaN"]}"#)
  }

  @Test func arraysAreRead() throws {
    let text = #"{"__ndarray__":"AAAAAAAA8D8=","descr":"<f8","fortran_order":false,"shape":[1]}"#
    guard case .ndarray(let array) = try JSONValue(parsing: text) else {
      Issue.record("not an array")
      return
    }
    #expect(array.data == [0, 0, 0, 0, 0, 0, 0xf0, 0x3f])
    #expect(array.shape == [1])
    #expect(JSONValue.ndarray(array).description == text)
    #expect(try JSONValue(parsing: #"{"a":[\#(text)]}"#)["a"]?[0]?.ndarrayValue == array)
  }

  /// What is not quite an array stays an object, and loses nothing.
  @Test(arguments: [
    #"{"__ndarray__":"AAAAAAAA8D8=","descr":"<f8","fortran_order":false,"shape":[2]}"#,
    #"{"__ndarray__":"AAAAAAAA8D8","descr":"<f8","fortran_order":false,"shape":[1]}"#,
    #"{"__ndarray__":"AAAAAAAA8D8=","descr":"<q9","fortran_order":false,"shape":[1]}"#,
    #"{"__ndarray__":"AAAAAAAA8D8=","descr":"<f8","fortran_order":0,"shape":[1]}"#,
    #"{"__ndarray__":"AAAAAAAA8D8=","descr":"<f8","fortran_order":false,"shape":[-1]}"#,
    #"{"__ndarray__":"AAAAAAAA8D8=","descr":"<f8","fortran_order":false,"shape":["1"]}"#,
    #"{"__ndarray__":"","descr":"<f8","fortran_order":false,"shape":[9223372036854775807,8]}"#,
    #"{"__ndarray__":"AAAAAAAA8D8=","descr":"<f8","fortran_order":false}"#,
    #"{"__ndarray__":"AAAAAAAA8D8=","descr":"<f8","fortran_order":false,"shape":[1],"x":1}"#,
    #"{"__ndarray__":1,"descr":null,"fortran_order":[],"shape":{}}"#,
  ])
  func otherObjectsStayObjects(_ text: String) throws {
    let value = try JSONValue(parsing: text)
    #expect(value.objectValue != nil)
    #expect(value.description == text)
  }

  @Test func otherEncodersTakeValuesToo() throws {
    let array = try NDArray([1.5])
    let value: JSONValue = [
      "a": [nil, true, 1, .uint(.max), 0.5, .float(0.25), "s", .number("1e3")], "b": ["c": [:]],
      "n": .ndarray(array),
    ]
    let text = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    let read = try JSONValue(parsing: text)
    #expect(read["a"] == [nil, true, 1, .uint(.max), 0.5, 0.25, "s", 1000])
    #expect(read["b"] == ["c": [:]])
    #expect(read["n"] == .ndarray(array))
  }

  @Test func convertsNumbersExactly() {
    #expect(JSONValue(Int8(-3)) == .int(-3))
    #expect(JSONValue(UInt64.max) == .uint(.max))
    #expect(JSONValue(Int128(UInt64.max) + 1).description == "18446744073709551616")
    #expect(JSONValue(Float(0.1)).description == "0.1")
    #expect(JSONValue("a".dropFirst(0)) == .string("a"))
    #expect(JSONValue([JSONValue(1), JSONValue(true)]) == [1, true])
  }
}
