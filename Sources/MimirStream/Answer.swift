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
    if let sequence = Request.number(head) {
      self = .entry(sequence)
      return
    }
    let words = head.split(separator: UInt8(ascii: " "))
    guard words.count >= 2, words[0].elementsEqual(Request.prefix.utf8) else { return nil }
    if words.count == 2, words[1].elementsEqual("info".utf8) {
      guard let info = Self.info(message[1]) else { return nil }
      self = info
    } else if words.count == 5, words[1].elementsEqual("entries".utf8),
      let first = Request.number(UnsafeRawBufferPointer(rebasing: words[3])),
      let last = Request.number(UnsafeRawBufferPointer(rebasing: words[4]))
    {
      self = .entries(run: String(decoding: words[2], as: UTF8.self), first: first, last: last)
    } else {
      return nil
    }
  }

  private static func info(_ text: UnsafeRawBufferPointer) -> Answer? {
    guard let value = try? JSONValue.parse(text), case .object(let object) = value,
      let run = object["run"]?.stringValue,
      let first = object["first"]?.intValue, first >= 0,
      let last = object["last"]?.intValue, last >= 0
    else { return nil }
    return .info(run: run, first: UInt64(first), last: UInt64(last))
  }
}
