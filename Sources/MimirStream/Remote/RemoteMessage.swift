import MimirBase

/// Heads of the messages that a client sends to a log server. See docs/protocol.md.
enum ClientHead: Equatable {
  case hello
  case entries(first: UInt64, count: UInt64)
  case ping
  case bye

  private static let longest = 128

  /// nil for anything else.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count <= Self.longest, let words = HeadWords(bytes) else { return nil }
    switch (words.verb, words.numbers.count) {
    case ("hello", 0): self = .hello
    case ("ping", 0): self = .ping
    case ("bye", 0): self = .bye
    case ("entries", 2) where words.numbers[0] > 0 && words.numbers[1] > 0:
      self = .entries(first: words.numbers[0], count: words.numbers[1])
    default: return nil
    }
  }
}

/// Heads of those that the server sends.
enum ServerHead: Equatable {
  case welcome(last: UInt64)
  case refused
  case stored(last: UInt64)
  case again(last: UInt64)
  case hello
  case pong
  case bye

  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count <= 128, let words = HeadWords(bytes) else { return nil }
    switch (words.verb, words.numbers.count) {
    case ("welcome", 1): self = .welcome(last: words.numbers[0])
    case ("stored", 1): self = .stored(last: words.numbers[0])
    case ("again", 1): self = .again(last: words.numbers[0])
    case ("refused", 0): self = .refused
    case ("hello", 0): self = .hello
    case ("pong", 0): self = .pong
    case ("bye", 0): self = .bye
    default: return nil
    }
  }
}

/// `MIMIR/1 VERB [NUMBER…]`
private struct HeadWords {
  let verb: String
  private(set) var numbers: [UInt64] = []

  init?(_ bytes: UnsafeRawBufferPointer) {
    let words = bytes.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard (2...4).contains(words.count), words[0].elementsEqual(Request.prefix.utf8) else {
      return nil
    }
    verb = String(decoding: words[1], as: UTF8.self)
    for word in words[2...] {
      // Nobody logs more than that: numbers below it can be counted on from.
      guard let number = Request.number(UnsafeRawBufferPointer(rebasing: word)),
        number <= UInt64(Int64.max)
      else { return nil }
      numbers.append(number)
    }
  }
}
