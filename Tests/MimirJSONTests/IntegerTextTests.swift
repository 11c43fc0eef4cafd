import MimirJSON
import Testing

struct IntegerTextTests {
  private func text(_ value: Int64) -> String? {
    written(room: 20) { IntegerText.write(value, to: $0) }
  }
  private func text(_ value: UInt64) -> String? {
    written(room: 20) { IntegerText.write(value, to: $0) }
  }

  @Test func extremes() {
    #expect(text(Int64.min) == "-9223372036854775808")
    #expect(text(Int64.max) == "9223372036854775807")
    #expect(text(UInt64.max) == "18446744073709551615")
    #expect(text(Int64(0)) == "0")
    #expect(text(UInt64(0)) == "0")
    #expect(text(Int64(-1)) == "-1")
  }

  @Test func aroundPowersOfTen() {
    var power: UInt64 = 1
    for _ in 0..<20 {
      for value in [power &- 1, power, power &+ 1, power &* 7] {
        #expect(text(value) == String(value))
        let signed = -Int64(value & 0x7fff_ffff_ffff_ffff)
        #expect(text(signed) == String(signed))
      }
      power = power &* 10
    }
  }

  @Test func randomOfEveryLength() {
    var random = SeededRandom(state: 4)
    for step in 0..<50_000 {
      let value = random.next() >> UInt64(step % 64)
      #expect(text(value) == String(value))
      #expect(text(Int64(bitPattern: value)) == String(Int64(bitPattern: value)))
    }
  }
}
