import MimirJSON
import Testing

struct UTF8CheckTests {
  private func firstInvalid(_ bytes: [UInt8]) -> Int? {
    let source = ExactBytes(bytes)
    defer { source.free() }
    return UTF8Check.firstInvalid(in: source.view)
  }

  /// The standard library's own decoder, scalar by scalar.
  private func expected(_ bytes: [UInt8]) -> Int? {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let scalar): offset += scalar.count
      case .error: return offset
      case .emptyInput: return nil
      }
    }
  }

  @Test(
    arguments: [
      ([0xc0, 0x80], 0), ([0x61, 0xc1, 0xbf], 1), ([0xe0, 0x9f, 0xbf], 0),
      ([0xf0, 0x8f, 0xbf, 0xbf], 0),
      ([0xed, 0xa0, 0x80], 0), ([0xed, 0xbf, 0xbf], 0), ([0xf4, 0x90, 0x80, 0x80], 0),
      ([0xf5, 0x80, 0x80, 0x80], 0), ([0xff], 0), ([0x80], 0), ([0x61, 0x62, 0xe2, 0x82], 2),
      ([0xc3, 0xa9, 0xc3], 2), ([0xc3, 0x28], 0), ([], nil), ([0x00, 0x7f], nil),
      ([0xed, 0x9f, 0xbf], nil), ([0xee, 0x80, 0x80], nil), ([0xf4, 0x8f, 0xbf, 0xbf], nil),
      ([0xf0, 0x90, 0x80, 0x80], nil), ([0xc2, 0x80, 0xdf, 0xbf], nil), ([0xe0, 0xa0, 0x80], nil),
    ] as [([UInt8], Int?)])
  func borders(bytes: [UInt8], offset: Int?) {
    #expect(firstInvalid(bytes) == offset)
  }

  @Test func everyPlaceInABlock() {
    for length in 1...50 {
      for place in 0..<length {
        var bytes = [UInt8](repeating: 0x61, count: length)
        bytes[place] = 0xff
        #expect(firstInvalid(bytes) == place)
        bytes.replaceSubrange(place...place, with: [0xf0, 0x9f, 0x98, 0x80])
        #expect(firstInvalid(bytes) == nil)
        #expect(firstInvalid(Array(bytes[..<(place + 3)])) == place)
      }
    }
  }

  @Test func everyPairOfBytes() {
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        let bytes = [first, second, 0x80, 0xbf]
        #expect(firstInvalid(bytes) == expected(bytes), "\(bytes)")
      }
    }
  }

  @Test func damagedText() {
    var random = SeededRandom(state: 5)
    let whole = Array("loss Verlust потеря 損失 😀 über 12345678901234567890 é".utf8)
    for _ in 0..<20_000 {
      var bytes = Array(whole.prefix(Int(random.next() % UInt64(whole.count + 1))))
      for _ in 0..<random.next() % 3 where !bytes.isEmpty {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      #expect(firstInvalid(bytes) == expected(bytes), "\(bytes)")
    }
  }
}
