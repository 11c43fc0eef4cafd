import CZlib
import Glibc

/// Gzip files as other programs make them.
enum ForeignGzip {
  /// Raw deflate of a text, complete.
  static func deflated(_ text: [UInt8], level: Int32 = 6) -> [UInt8] {
    var stream = z_stream()
    guard
      deflateInit2_(
        &stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { fatalError("deflateInit2") }
    defer { deflateEnd(&stream) }
    var input = text
    var out = [UInt8](repeating: 0, count: text.count + text.count / 100 + 1024)
    let count = input.withUnsafeMutableBufferPointer { input in
      out.withUnsafeMutableBufferPointer { out in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = out.baseAddress
        stream.avail_out = UInt32(out.count)
        guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { fatalError("deflate") }
        return out.count - Int(stream.avail_out)
      }
    }
    return Array(out[..<count])
  }

  static func trailer(_ text: [UInt8]) -> [UInt8] {
    let crc = UInt32(truncatingIfNeeded: crc32(0, text, UInt32(text.count)))
    return little(crc) + little(UInt32(truncatingIfNeeded: text.count))
  }

  static func little(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// As `gzip` makes it from a file: with the file's name and time.
  static func gzip(_ text: [UInt8], level: Int32 = 6) -> [UInt8] {
    [0x1F, 0x8B, 8, 8, 1, 2, 3, 4, 0, 3] + Array("log.jsonl\0".utf8) + deflated(text, level: level)
      + trailer(text)
  }

  /// With all the fields that a header can have.
  static func withEveryField(_ text: [UInt8]) -> [UInt8] {
    var header: [UInt8] = [0x1F, 0x8B, 8, 0x1F, 0, 0, 0, 0, 2, 255, 6, 0]
    header += Array("XY".utf8) + [2, 0, 7, 7] + Array("name\0a comment\0".utf8)
    let crc = UInt32(truncatingIfNeeded: crc32(0, header, UInt32(header.count)))
    header += little(crc)[..<2]
    return header + deflated(text) + trailer(text)
  }

  /// As Mark Adler's gzlog, which the original Mímir used, leaves it: an extra field "ap".
  static func gzlog(_ text: [UInt8]) -> [UInt8] {
    var header: [UInt8] = [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 2, 3, 39, 0]
    header += Array("ap".utf8) + [35, 0] + (0..<35).map { UInt8($0) }
    // Its tail: stored, with a final block.
    let half = text.count / 2
    var body: [UInt8] = []
    for (last, part) in [(UInt8(0), text[..<half]), (1, text[half...])] {
      var rest = part
      repeat {
        let piece = rest.prefix(65_535)
        rest = rest.dropFirst(piece.count)
        let final: UInt8 = last == 1 && rest.isEmpty ? 1 : 0
        let count = UInt16(piece.count)
        body += [final, UInt8(count & 0xFF), UInt8(count >> 8)]
        body += [UInt8(~count & 0xFF), UInt8(~count >> 8)] + piece
      } while !rest.isEmpty
    }
    return header + body + trailer(text)
  }

  static func lines(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var lines = Lines(seed: seed)
    var text: [UInt8] = []
    for number in 0..<count { text += Array(lines.line(number).utf8) }
    return text
  }
}

/// Stands in for the JSON check of the modules above: a flat object of plain strings and numbers.
@Sendable func looksWhole(_ line: UnsafeRawBufferPointer) -> Bool {
  var rest = line[...]
  func take(_ character: Character) -> Bool {
    guard let first = rest.first, first == character.asciiValue else { return false }
    rest = rest.dropFirst()
    return true
  }
  func takeRun(_ belongs: (UInt8) -> Bool) -> Int {
    let run = rest.prefix(while: belongs)
    rest = rest.dropFirst(run.count)
    return run.count
  }
  func takeString() -> Bool {
    guard take("\"") else { return false }
    _ = takeRun { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }
    return take("\"")
  }
  func takeNumber() -> Bool {
    let zero = rest.first == UInt8(ascii: "0")
    let digits = takeRun { (48...57).contains($0) }
    guard digits > 0, !zero || digits == 1 else { return false }
    return take(".") ? takeRun { (48...57).contains($0) } > 0 : true
  }
  guard take("{") else { return false }
  repeat {
    guard takeString(), take(":"), takeNumber() || takeString() else { return false }
  } while take(",")
  return take("}") && rest.isEmpty
}
