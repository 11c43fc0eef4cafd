package import MimirBase

/// JSON strings with the fewest escapes, as Python's `json.dumps(ensure_ascii=False)` writes them.
package enum StringText {
  /// Appends `utf8` as a quoted JSON string. Nothing is appended when it throws.
  ///
  /// - Throws: `.invalidUTF8` with the offset of the first ill-formed sequence.
  package static func append(
    _ utf8: UnsafeRawBufferPointer, to buffer: inout ByteBuffer
  ) throws(MimirError) {
    if let offset = appendQuoted(utf8, to: &buffer) { throw invalidUTF8("text", at: offset) }
  }

  static func invalidUTF8(_ what: String, at offset: Int) -> MimirError {
    MimirError(
      .invalidUTF8,
      "\(what) is not valid UTF-8 at byte offset \(offset); encode text as UTF-8 before logging it",
      offset: offset)
  }

  /// The same without an error: returns the offset of what is not UTF-8. Escapes can make text six
  /// times as long, so it stops early, with a buffer of more than `limit` bytes, when it passes that.
  static func appendQuoted(
    _ utf8: UnsafeRawBufferPointer, to buffer: inout ByteBuffer, limit: Int = .max
  ) -> Int? {
    let start = buffer.count
    buffer.append(UInt8(ascii: "\""))
    if let source = utf8.baseAddress?.assumingMemoryBound(to: UInt8.self) {
      let end = source + utf8.count
      var place = source
      while place < end, buffer.count <= limit {
        let copied = PlainText.copy(place, count: end - place, to: buffer.reserve(end - place))
        buffer.commit(copied)
        place += copied
        if place < end, !appendBlock(&place, end, to: &buffer) {
          buffer.truncate(to: start)
          return place - source
        }
      }
    }
    buffer.append(UInt8(ascii: "\""))
    return nil
  }

  /// Appends the next 16 bytes, and the rest of the sequence that they end in, one by one; false when
  /// `place` is not UTF-8.
  private static func appendBlock(
    _ place: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, to buffer: inout ByteBuffer
  ) -> Bool {
    let blockEnd = end - place > 16 ? place + 16 : end
    let longestEscape = 6
    let out = buffer.reserve(longestEscape * 16 + 4)
    var written = 0
    while place < blockEnd {
      let byte = place.pointee
      if PlainText.isPlain(byte) {
        out[written] = byte
        written &+= 1
        place += 1
      } else if byte < 0x80 {
        written &+= writeEscape(byte, to: out + written)
        place += 1
      } else {
        let length = UTF8Sequence.length(place, end)
        if length == 0 { return false }
        for index in 0..<length { out[written &+ index] = place[index] }
        written &+= length
        place += length
      }
    }
    buffer.commit(written)
    return true
  }

  private static func writeEscape(_ byte: UInt8, to out: UnsafeMutablePointer<UInt8>) -> Int {
    out[0] = UInt8(ascii: "\\")
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): out[1] = byte
    case UInt8(ascii: "\n"): out[1] = UInt8(ascii: "n")
    case UInt8(ascii: "\r"): out[1] = UInt8(ascii: "r")
    case UInt8(ascii: "\t"): out[1] = UInt8(ascii: "t")
    case 0x08: out[1] = UInt8(ascii: "b")
    case 0x0c: out[1] = UInt8(ascii: "f")
    default:
      out[1] = UInt8(ascii: "u")
      out[2] = UInt8(ascii: "0")
      out[3] = UInt8(ascii: "0")
      out[4] = UInt8(ascii: "0") | byte >> 4
      let digit = byte & 15
      out[5] = digit < 10 ? UInt8(ascii: "0") | digit : UInt8(ascii: "a") &+ (digit &- 10)
      return 6
    }
    return 2
  }
}
