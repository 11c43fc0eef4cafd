/// A number's ASCII digits, without an allocation.
struct Digits {
  private var storage: (UInt64, UInt64, UInt64) = (0, 0, 0)
  private var start = 20

  init(_ number: UInt64) {
    var (rest, start) = (number, 20)
    withUnsafeMutableBytes(of: &storage) { bytes in
      repeat {
        start -= 1
        bytes[start] = UInt8(truncatingIfNeeded: 48 + rest % 10)
        rest /= 10
      } while rest > 0
    }
    self.start = start
  }

  mutating func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let start = start
    return withUnsafeBytes(of: &storage) { body(UnsafeRawBufferPointer(rebasing: $0[start..<20])) }
  }
}
