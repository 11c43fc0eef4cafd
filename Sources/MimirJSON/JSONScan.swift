/// Goes past one token of JSON text. `end` is never read.
///
/// Eight bytes at a time where there are eight; then `words` have a flag in the top bit of each byte
/// that needs a look, exact up to the first.
enum JSONScan {
  typealias Place = UnsafePointer<UInt8>

  @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
  }

  @inline(__always)
  static func word(at place: Place) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(place).loadUnaligned(as: UInt64.self))
  }

  @inline(__always)
  private static func each(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  /// Flags quotes, backslashes, control characters and all that is not ASCII.
  @inline(__always)
  static func special(_ word: UInt64) -> UInt64 {
    let quote = word ^ each(UInt8(ascii: "\""))
    let backslash = word ^ each(UInt8(ascii: "\\"))
    let flags = (word &- each(0x20)) | (quote &- each(1)) | (backslash &- each(1)) | word
    return flags & each(0x80)
  }

  /// Flags all but digits.
  @inline(__always)
  private static func nonDigits(_ word: UInt64) -> UInt64 {
    let digits = word ^ each(0x30)
    return (((digits & each(0x7f)) &+ each(0x76)) | digits) & each(0x80)
  }

  @inline(__always)
  static func digits(_ first: Place, _ end: Place) -> Place {
    var at = first
    while end - at >= 8 {
      let flags = nonDigits(word(at: at))
      if flags != 0 { return at + (flags.trailingZeroBitCount >> 3) }
      at += 8
    }
    while at < end, isDigit(at.pointee) { at += 1 }
    return at
  }

  @inline(__always)
  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  /// A number, from its sign or first digit.
  @inline(__always)
  static func number(_ first: Place, _ end: Place) throws(JSONFault) -> Place {
    var at = first
    if at.pointee == UInt8(ascii: "-") { at += 1 }
    guard at < end, isDigit(at.pointee) else { throw JSONFault(.digit, at) }
    at = at.pointee == UInt8(ascii: "0") ? at + 1 : digits(at + 1, end)
    if at < end, at.pointee == UInt8(ascii: ".") {
      let fraction = at + 1
      at = digits(fraction, end)
      guard at > fraction else { throw JSONFault(.digit, at) }
    }
    if at < end, at.pointee | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < end, at.pointee == UInt8(ascii: "+") || at.pointee == UInt8(ascii: "-") { at += 1 }
      let exponent = at
      at = digits(exponent, end)
      guard at > exponent else { throw JSONFault(.digit, at) }
    }
    return at
  }

  /// Whether all of a text is one number.
  static func isNumber(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard let first = bytes.baseAddress, bytes.count > 0 else { return false }
      let end = first + bytes.count
      do throws(JSONFault) { return try number(first, end) == end } catch { return false }
    }
  }

  @inline(__always)
  static func word(
    _ expected: StaticString, _ first: Place, _ end: Place
  ) throws(JSONFault) -> Place {
    let count = expected.utf8CodeUnitCount
    for index in 0..<count {
      guard end - first > index, first[index] == expected.utf8Start[index] else {
        throw JSONFault(.word, first + index)
      }
    }
    return first + count
  }

  /// A string, from the byte after its opening quote to the one after its closing quote.
  @inline(__always)
  static func string(_ first: Place, _ end: Place) throws(JSONFault) -> Place {
    var at = first
    while true {
      while end - at >= 8 {
        let flags = special(word(at: at))
        guard flags == 0 else {
          at += flags.trailingZeroBitCount >> 3
          break
        }
        at += 8
      }
      // The last seven bytes of the text, or at once one that was flagged.
      while at < end, isClean(at.pointee) { at += 1 }
      guard at < end else { throw JSONFault(.unterminated, at) }
      if at.pointee == UInt8(ascii: "\"") { return at + 1 }
      at = try rare(at, end)
    }
  }

  @inline(__always)
  private static func isClean(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  /// Goes past an escape or a run of characters that are not ASCII.
  @inline(never)
  private static func rare(_ first: Place, _ end: Place) throws(JSONFault) -> Place {
    var at = first
    switch at.pointee {
    case UInt8(ascii: "\\"): return try escape(at, end)
    case 0..<0x20: throw JSONFault(.control, at)
    default:
      repeat {
        let length = UTF8Sequence.length(at, end)
        guard length > 0 else { throw JSONFault(.utf8, at) }
        at += length
      } while at < end && at.pointee >= 0x80
      return at
    }
  }

  private static func escape(_ first: Place, _ end: Place) throws(JSONFault) -> Place {
    guard end - first > 1 else { throw JSONFault(.unterminated, end) }
    switch first[1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return first + 2
    case UInt8(ascii: "u"):
      let unit = try hex(first + 2, end)
      guard unit & 0xf800 == 0xd800 else { return first + 6 }
      guard unit < 0xdc00, end - first > 7, first[6] == UInt8(ascii: "\\"),
        first[7] == UInt8(ascii: "u"), try hex(first + 8, end) & 0xfc00 == 0xdc00
      else { throw JSONFault(.loneSurrogate, first) }
      return first + 12
    default:
      throw JSONFault(.escape, first + 1)
    }
  }

  private static func hex(_ first: Place, _ end: Place) throws(JSONFault) -> UInt16 {
    var unit: UInt16 = 0
    for index in 0..<4 {
      guard end - first > index, let digit = JSONEscape.hexValue(first[index]) else {
        throw JSONFault(.hex, min(first + index, end))
      }
      unit = unit << 4 | digit
    }
    return unit
  }
}
