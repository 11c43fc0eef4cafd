/// Digits eight at a time, in one register.
enum DecimalDigits {
  /// Eight ASCII zeros.
  static let zeros: UInt64 = 0x3030_3030_3030_3030

  /// The eight decimal digits of a number below 10^8, one a byte, the first in the highest byte.
  /// Each step splits all fields in two at once: x + (x / d) * (2^width - d).
  @inline(__always)
  static func eight(_ number: UInt64) -> UInt64 {
    let fours = number &+ ((number &* 109_951_163) >> 40) &* 0xffff_d8f0
    let pairs = fours &+ (((fours &* 0x147b) >> 19) & 0x0000_007f_0000_007f) &* 0xff9c
    return pairs &+ (((pairs &* 0x67) >> 10) & 0x000f_000f_000f_000f) &* 0xf6
  }

  /// The digits that `eight` gives as text, in the order of memory.
  @inline(__always)
  static func text(_ digits: UInt64) -> UInt64 { digits.bigEndian | zeros }
}

extension UnsafeMutablePointer<UInt8> {
  /// Stores the bytes of an integer at any address.
  @inline(__always)
  func store<Word: FixedWidthInteger & BitwiseCopyable>(_ word: Word, at offset: Int) {
    UnsafeMutableRawPointer(self).storeBytes(of: word, toByteOffset: offset, as: Word.self)
  }

  @inline(__always)
  func store(_ vector: SIMD16<UInt8>, at offset: Int) {
    UnsafeMutableRawPointer(self).storeBytes(
      of: vector, toByteOffset: offset, as: SIMD16<UInt8>.self)
  }
}

extension UInt64 {
  /// 1 or 0.
  @inline(__always)
  init(_ condition: Bool) { self = condition ? 1 : 0 }
}
