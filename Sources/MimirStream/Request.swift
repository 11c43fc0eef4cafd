import MimirBase

/// What a client asks the ROUTER. See docs/protocol.md.
enum Request: Equatable {
  case snapshot
  case info
  case entries(run: String, from: UInt64, to: UInt64?)

  static let prefix = "MIMIR/1"
  private static let longest = 1024

  /// nil for anything else.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count <= Self.longest else { return nil }
    if bytes.elementsEqual("ICANHAZ?".utf8) {
      self = .snapshot
      return
    }
    let words = bytes.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard words.count >= 2, words[0].elementsEqual(Self.prefix.utf8) else { return nil }
    if words.count == 2, words[1].elementsEqual("info".utf8) {
      self = .info
    } else if (4...5).contains(words.count), words[1].elementsEqual("entries".utf8),
      let from = Self.number(words[3])
    {
      let to = words.count == 5 ? Self.number(words[4]) : nil
      if words.count == 5, to == nil { return nil }
      self = .entries(run: String(decoding: words[2], as: UTF8.self), from: from, to: to)
    } else {
      return nil
    }
  }

  private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt64? {
    Self.number(UnsafeRawBufferPointer(rebasing: digits))
  }

  /// A sequence number: ASCII digits and nothing else.
  static func number(_ digits: UnsafeRawBufferPointer) -> UInt64? {
    guard (1...20).contains(digits.count) else { return nil }
    var value: UInt64 = 0
    for digit in digits {
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow2) = tens.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
      if overflow || overflow2 { return nil }
      value = sum
    }
    return value
  }
}
