import CZlib

/// CRC-32 as gzip has it. Sixteen bytes a step, of which twelve do not wait for the step before: on lines of 60 to 1,000 bytes zlib 1.2.13 takes three to
/// five times as long, as much as formatting them.
enum CRC32 {
  private static let polynomial: UInt32 = 0xEDB8_8320

  /// Sixteen tables of 256 entries; made once.
  nonisolated(unsafe) private static let tables: UnsafePointer<UInt32> = {
    let tables = UnsafeMutablePointer<UInt32>.allocate(capacity: 16 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ polynomial : value >> 1 }
      tables[byte] = value
    }
    for index in 256..<(16 * 256) {
      let before = tables[index - 256]
      tables[index] = (before >> 8) ^ tables[Int(before & 0xFF)]
    }
    return UnsafePointer(tables)
  }()

  /// The CRC of what `crc` covers followed by `bytes`.
  static func update(_ crc: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    guard var next = bytes.baseAddress else { return crc }
    let tables = tables
    var left = bytes.count
    var crc = ~crc
    while left >= 16 {
      let low = word(next, 0) ^ crc
      let rest =
        lookUp(tables + 8 * 256, word(next, 4)) ^ lookUp(tables + 4 * 256, word(next, 8))
        ^ lookUp(tables, word(next, 12))
      crc = lookUp(tables + 12 * 256, low) ^ rest
      next += 16
      left &-= 16
    }
    while left >= 4 {
      crc = lookUp(tables, word(next, 0) ^ crc)
      next += 4
      left &-= 4
    }
    while left > 0 {
      crc = (crc >> 8) ^ tables[Int((crc ^ UInt32(next.load(as: UInt8.self))) & 0xFF)]
      next += 1
      left &-= 1
    }
    return ~crc
  }

  @inline(__always)
  private static func word(_ bytes: UnsafeRawPointer, _ offset: Int) -> UInt32 {
    bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self).littleEndian
  }

  /// What four bytes come to, from the four tables that follow.
  @inline(__always)
  private static func lookUp(_ tables: UnsafePointer<UInt32>, _ word: UInt32) -> UInt32 {
    tables[3 * 256 + Int(word & 0xFF)] ^ tables[2 * 256 + Int((word >> 8) & 0xFF)]
      ^ tables[256 + Int((word >> 16) & 0xFF)] ^ tables[Int(word >> 24)]
  }

  /// The CRC of two texts, one behind the other, from theirs.
  static func combine(_ first: UInt32, _ second: UInt32, secondLength: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_combine(UInt(first), UInt(second), secondLength))
  }
}
