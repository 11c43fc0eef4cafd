import MimirBase
import MimirJSON
import Testing

@Suite struct JSONValueRoundTripTests {
  /// A small generator of repeatable numbers (SplitMix64).
  struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var word = state
      word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
      word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
      return word ^ (word >> 31)
    }
  }

  private func text(_ random: inout Random) -> String {
    let scalars: [Unicode.Scalar] = [
      "a", "Z", " ", "/", "~", "\"", "\\", "\n", "\0", "\u{1f}", "\u{7f}", "é", "機", "😀",
      "\u{2028}",
      "\u{fffd}", "\u{301}",
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...20, using: &random) {
      text.append(scalars.randomElement(using: &random) ?? "x")
    }
    return String(text)
  }

  private func value(_ random: inout Random, depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 10 : 8), using: &random) {
    case 0: return .null
    case 1: return .bool(.random(using: &random))
    case 2: return .int(Int64(truncatingIfNeeded: random.next() >> random.next() % 64))
    case 3: return .uint(random.next() | 1 << 63)
    case 4: return .double(Double(bitPattern: random.next()))
    case 5:
      return .double(
        [.nan, .infinity, -.infinity, -0.0, .leastNonzeroMagnitude][Int(random.next() % 5)])
    case 6: return .number("-\(random.next() | 1 << 63)\(random.next())")
    case 7: return .string(text(&random))
    case 8:
      return .array(
        (0..<Int.random(in: 0...5, using: &random)).map { _ in value(&random, depth: depth - 1) })
    default:
      var object = JSONObject()
      for _ in 0..<Int.random(in: 0...5, using: &random) {
        object.append(key: text(&random), value: value(&random, depth: depth - 1))
      }
      return .object(object)
    }
  }

  @Test func valuesComeBackFromTheirText() throws {
    var random = Random(state: 1)
    for _ in 0..<3_000 {
      let value = value(&random, depth: 5)
      var out = ByteBuffer()
      let tokens = try value.append(to: &out)
      #expect(try JSONValue.parse(out.bytes) == value)
      let text = String(decoding: out.bytes, as: UTF8.self)
      #expect(text == value.description)
      #expect(try Checked.value(text) == text)
      #expect(!out.bytes.contains(0x0a))
      let counted = try Checked.run(Array(out.bytes)) { bytes, out throws(MimirError) in
        try JSONText.compactValue(bytes, limits: JSONLimits(), depth: 0, into: &out)
      }
      #expect(counted.tokens == tokens)
    }
  }

  @Test func floatsComeBackAsFloats() throws {
    var random = Random(state: 2)
    for _ in 0..<3_000 {
      let float = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
      let back = try JSONValue(parsing: JSONValue.float(float).description).doubleValue
      #expect(JSONValue.float(Float(back ?? 0)) == .float(float))
    }
  }

  @Test func taggedObjectsComeBack() throws {
    var random = Random(state: 3)
    for _ in 0..<1_000 {
      let object: JSONValue = ["a": value(&random, depth: 4), "": value(&random, depth: 4)]
      var exact = ByteBuffer()
      var tagged = ByteBuffer()
      var back = ByteBuffer()
      let tokens = try object.append(to: &exact)
      try Nonfinite.apply(exact.bytes, policy: .tagged, into: &tagged) { _ in }
      #expect(try Checked.object(Array(tagged.bytes)).tokens == 0)
      #expect(try Nonfinite.restore(tagged.bytes, into: &back) == tokens)
      #expect(back.bytes.elementsEqual(exact.bytes))
    }
  }
}
