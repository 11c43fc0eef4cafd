/// Finds text that is not UTF-8 (RFC 3629): no overlong forms, no surrogates, up to U+10FFFF.
package enum UTF8Check {
  /// The offset of the first byte of the first ill-formed sequence; nil when all is well.
  package static func firstInvalid(in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
    let end = start + bytes.count
    var place = start
    while place < end {
      while end - place >= 16, isASCII(place) { place += 16 }
      let blockEnd = end - place > 16 ? place + 16 : end
      while place < blockEnd {
        if place.pointee < 0x80 {
          place += 1
        } else {
          let length = UTF8Sequence.length(place, end)
          if length == 0 { return place - start }
          place += length
        }
      }
    }
    return nil
  }

  @inline(__always)
  private static func isASCII(_ start: UnsafePointer<UInt8>) -> Bool {
    let words = UnsafeRawPointer(start).loadUnaligned(as: SIMD2<UInt64>.self)
    return (words.x | words.y) & 0x8080_8080_8080_8080 == 0
  }
}
