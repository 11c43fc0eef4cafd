/// Goes through the values of checked, compact JSON text in order, and knows where each one stands.
///
/// It checks nothing, but reads nothing past the end whatever the text is.
package struct JSONWalker {
  private struct Frame {
    let isObject: Bool
    var key = 0..<0
    var index = 0
  }

  private let text: UnsafeRawBufferPointer
  private var at = 0
  /// The containers around the value that `next` gave.
  private var frames: [Frame] = []
  /// That value is a container, to be entered.
  private var entering: UInt8?

  package init(_ text: UnsafeRawBufferPointer) { self.text = text }

  /// How many containers lie around the last value.
  package var depth: Int { frames.count }

  /// The raw key of the last value, without its quotes; empty in an array.
  package var key: UnsafeRawBufferPointer {
    guard let frame = frames.last else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(rebasing: text[frame.key])
  }

  /// The place of the last value in an array; nil in an object.
  var index: Int? {
    guard let frame = frames.last, !frame.isObject else { return nil }
    return frame.index
  }

  var keyRange: Range<Int> { frames.last?.key ?? 0..<0 }

  /// The next value: where a scalar stands, or the first byte of a container.
  package mutating func next() -> Range<Int>? {
    if let open = entering {
      frames.append(Frame(isObject: open == UInt8(ascii: "{")))
      entering = nil
    }
    while at < text.count {
      switch text[at] {
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        at += 1
        _ = frames.popLast()
      case UInt8(ascii: ","):
        at += 1
        if !frames.isEmpty { frames[frames.count - 1].index += 1 }
      default:
        return value()
      }
    }
    return nil
  }

  /// Goes past the container that `next` gave, which begins at `start`, and tells where it stands.
  package mutating func skip(from start: Int) -> Range<Int> {
    guard entering != nil else { return start..<max(start, at) }
    entering = nil
    var open = 1
    while at < text.count, open > 0 {
      switch text[at] {
      case UInt8(ascii: "\""): at = min(endOfString(at + 1), text.count - 1)
      case UInt8(ascii: "{"), UInt8(ascii: "["): open += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): open -= 1
      default: break
      }
      at += 1
    }
    return start..<at
  }

  private mutating func value() -> Range<Int>? {
    if frames.last?.isObject == true {
      let close = endOfString(at + 1)
      guard close + 1 < text.count else { return nil }
      frames[frames.count - 1].key = (at + 1)..<close
      at = close + 2
    }
    guard at < text.count else { return nil }
    let start = at
    switch text[at] {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      entering = text[at]
      at += 1
    case UInt8(ascii: "\""):
      at = min(endOfString(at + 1) + 1, text.count)
    default:
      at += 1
      while at < text.count, !Self.endsScalar(text[at]) { at += 1 }
    }
    return start..<at
  }

  @inline(__always)
  private static func endsScalar(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
  }

  /// Where the closing quote is; the end of the text when there is none.
  private func endOfString(_ first: Int) -> Int {
    let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self)
    guard let base else { return text.count }
    var at = min(first, text.count)
    while at < text.count {
      while text.count - at >= 8 {
        let flags = JSONScan.special(JSONScan.word(at: base + at))
        guard flags == 0 else {
          at += flags.trailingZeroBitCount >> 3
          break
        }
        at += 8
      }
      guard at < text.count, base[at] != UInt8(ascii: "\"") else { break }
      at += base[at] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(at, text.count)
  }

  /// Where the last value stands, as an RFC 6901 pointer.
  func pointer() -> [UInt8] {
    var result: [UInt8] = []
    for frame in frames {
      result.append(UInt8(ascii: "/"))
      guard frame.isObject else {
        result.append(contentsOf: String(frame.index).utf8)
        continue
      }
      for byte in JSONEscape.bytes(UnsafeRawBufferPointer(rebasing: text[frame.key])) {
        switch byte {
        case UInt8(ascii: "~"): result += [UInt8(ascii: "~"), UInt8(ascii: "0")]
        case UInt8(ascii: "/"): result += [UInt8(ascii: "~"), UInt8(ascii: "1")]
        default: result.append(byte)
        }
      }
    }
    return result
  }
}
