import CZlib

/// CRC-32 as gzip has it. Eight bytes a step: on lines of 60 to 1,000 bytes zlib 1.2.13 takes three to
/// five times as long, as much as formatting them.
enum CRC32 {
  private static let polynomial: UInt32 = 0xEDB8_8320

  /// Eight tables of 256 entries; made once.
  nonisolated(unsafe) private static let tables: UnsafePointer<UInt32> = {
    let tables = UnsafeMutablePointer<UInt32>.allocate(capacity: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ polynomial : value >> 1 }
      tables[byte] = value
    }
    for index in 256..<(8 * 256) {
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
    while left >= 8 {
      let low = next.loadUnaligned(as: UInt32.self).littleEndian ^ crc
      let high = next.loadUnaligned(fromByteOffset: 4, as: UInt32.self).littleEndian
      let first =
        tables[7 * 256 + Int(low & 0xFF)] ^ tables[6 * 256 + Int((low >> 8) & 0xFF)]
        ^ tables[5 * 256 + Int((low >> 16) & 0xFF)] ^ tables[4 * 256 + Int(low >> 24)]
      let second =
        tables[3 * 256 + Int(high & 0xFF)] ^ tables[2 * 256 + Int((high >> 8) & 0xFF)]
        ^ tables[256 + Int((high >> 16) & 0xFF)] ^ tables[Int(high >> 24)]
      crc = first ^ second
      next += 8
      left &-= 8
    }
    while left > 0 {
      crc = (crc >> 8) ^ tables[Int((crc ^ UInt32(next.load(as: UInt8.self))) & 0xFF)]
      next += 1
      left &-= 1
    }
    return ~crc
  }

  /// The CRC of two texts, one behind the other, from theirs.
  static func combine(_ first: UInt32, _ second: UInt32, secondLength: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_combine(UInt(first), UInt(second), secondLength))
  }
}
