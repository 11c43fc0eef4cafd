import MimirBase
import MimirJSON

/// What comes from a publisher's ROUTER.
enum Answer {
  case info(run: String, first: UInt64, last: UInt64)
  /// Entries `first` to `last`: the message's second frame, a line each.
  case entries(run: String, first: UInt64, last: UInt64)
  /// Of a snapshot: the second frame is the entry.
  case entry(UInt64)
  case snapshotEnd

  /// nil for what makes no sense.
  init?(_ message: borrowing Message) {
    guard message.count == 2 else { return nil }
    let head = message[0]
    if head.elementsEqual("-1".utf8) {
      self = .snapshotEnd
      return
    }
    if let sequence = Self.sequence(head) {
      self = .entry(sequence)
      return
    }
    let words = head.split(separator: UInt8(ascii: " "))
    guard words.count >= 2, words[0].elementsEqual(Request.prefix.utf8) else { return nil }
    if words.count == 2, words[1].elementsEqual("info".utf8) {
      guard let info = Self.info(message[1]) else { return nil }
      self = info
    } else if words.count == 5, words[1].elementsEqual("entries".utf8),
      let first = Self.sequence(UnsafeRawBufferPointer(rebasing: words[3])),
      let last = Request.number(UnsafeRawBufferPointer(rebasing: words[4])), last <= Self.largest
    {
      self = .entries(run: String(decoding: words[2], as: UTF8.self), first: first, last: last)
    } else {
      return nil
    }
  }

  /// Nobody logs more: numbers above it are nonsense, and those below can be counted on from.
  private static let largest = UInt64(Int64.max)

  /// The number of an entry; nil for what is none.
  static func sequence(_ digits: UnsafeRawBufferPointer) -> UInt64? {
    guard let number = Request.number(digits), (1...largest).contains(number) else { return nil }
    return number
  }

  private static func info(_ text: UnsafeRawBufferPointer) -> Answer? {
    guard let value = try? JSONValue.parse(text), case .object(let object) = value,
      let run = object["run"]?.stringValue,
      let first = object["first"]?.intValue, first > 0,
      let last = object["last"]?.intValue, last >= 0
    else { return nil }
    return .info(run: run, first: UInt64(first), last: UInt64(last))
  }
}
