import CZlib

/// Makes a log's bytes as docs/format.md says, apart from the code that is tested.
struct LogBuilder {
  var chunks: [[UInt8]] = []
  var tail: [[UInt8]] = []
  var compacting = false
  var generation: UInt64 = 3

  private(set) var boundaries: [Int] = []

  mutating func build() -> [UInt8] {
    let compressed = chunks.map(Self.chunk)
    boundaries = compressed.reduce(into: [52]) { $0.append(($0.last ?? 0) + $1.count) }
    let prefix = chunks.flatMap { $0 }
    var file: [UInt8] = [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 255, 40, 0, 0x4D, 0x49, 36, 0]
    file += Self.state(
      compacting: compacting, generation: generation, tailOffset: boundaries.last ?? 52,
      prefix: prefix)
    file += compressed.flatMap { $0 }
    return file + Self.tail(tail, at: file.count, prefix: prefix)
  }

  static func state(
    compacting: Bool, generation: UInt64, tailOffset: Int, prefix: [UInt8]
  ) -> [UInt8] {
    let state =
      [1, compacting ? 1 : 0, 0, 0] + little(generation) + little(UInt64(tailOffset))
      + little(UInt64(prefix.count)) + little(crc(prefix))
    return state + little(crc(state))
  }

  /// Stored blocks and the end, as they lie at `offset`.
  static func tail(_ blocks: [[UInt8]], at offset: Int, prefix: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    for block in blocks {
      var rest = block[...]
      repeat {
        let part = rest.prefix(65_535)
        rest = rest.dropFirst(65_535)
        bytes += [0] + little(UInt16(part.count)) + little(~UInt16(part.count)) + part
      } while !rest.isEmpty
    }
    while (offset + bytes.count) % 4096 > 4096 - 13 { bytes += [0, 0, 0, 0xFF, 0xFF] }
    let text = prefix + blocks.flatMap { $0 }
    return bytes + [1, 0, 0, 0xFF, 0xFF] + little(crc(text)) + little(UInt32(text.count))
  }

  static func chunk(_ text: [UInt8]) -> [UInt8] { deflated(text, windowBits: -15, Z_FULL_FLUSH) }

  /// A whole gzip member, as gzip makes it.
  static func member(_ text: [UInt8]) -> [UInt8] { deflated(text, windowBits: 31, Z_FINISH) }

  private static func deflated(
    _ text: [UInt8], windowBits: Int32, _ flush: Int32
  ) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var (input, out) = (text, [UInt8](repeating: 0, count: text.count + text.count / 1000 + 64))
    let count = input.withUnsafeMutableBufferPointer { input in
      out.withUnsafeMutableBufferPointer { out in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = out.baseAddress
        stream.avail_out = UInt32(out.count)
        deflate(&stream, flush)
        return out.count - Int(stream.avail_out)
      }
    }
    return Array(out[..<count])
  }

  static func crc(_ bytes: [UInt8]) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32(0, bytes, UInt32(bytes.count)))
  }

  static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
