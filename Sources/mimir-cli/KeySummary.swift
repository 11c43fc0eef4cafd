import Glibc
import MimirJSON

/// What the values of one key are, over all entries.
struct KeySummary {
  private var counts = [UInt64](repeating: 0, count: ValueKind.allCases.count)
  private(set) var nan: UInt64 = 0
  private(set) var infinite: UInt64 = 0
  private(set) var range = NumberRange()
  /// The first and last string.
  private(set) var first: String?
  private var lastText: [UInt8] = []
  private let keepsText: Bool

  /// - Parameter keepsText: for a key that may hold times.
  init(keepsText: Bool) { self.keepsText = keepsText }

  /// How many entries have it: in one it may stand twice.
  private(set) var entries: UInt64 = 0
  private var lastEntry: UInt64 = 0

  var last: String? { lastText.isEmpty ? nil : String(decoding: lastText, as: UTF8.self) }

  func count(_ kind: ValueKind) -> UInt64 { counts[kind.rawValue] }

  /// The kinds that there were, null aside where there are others.
  var kinds: [ValueKind] {
    let kinds = ValueKind.allCases.filter { $0 != .null && count($0) > 0 }
    return kinds.isEmpty ? [.null] : kinds
  }

  /// - Parameter entry: its number, from 1.
  mutating func add(_ value: UnsafeRawBufferPointer, of entry: UInt64) {
    if entry != lastEntry { (entries, lastEntry) = (entries + 1, entry) }
    let kind = ValueKind(value)
    counts[kind.rawValue] += 1
    switch kind {
    case .integer, .float: add(number: value)
    case .string where keepsText: add(text: value)
    default: break
    }
  }

  private mutating func add(number text: UnsafeRawBufferPointer) {
    // Ends at what follows the value in the entry: a comma or a brace.
    guard let start = text.baseAddress?.assumingMemoryBound(to: CChar.self) else { return }
    let value = strtod(start, nil)
    if value.isNaN {
      nan += 1
    } else if value.isInfinite, text.last == UInt8(ascii: "y") {
      infinite += 1
    } else {
      range.take(value, text)
    }
  }

  private mutating func add(text: UnsafeRawBufferPointer) {
    let content = UnsafeRawBufferPointer(rebasing: text.dropFirst().dropLast())
    guard content.count <= 64 else { return }
    if first == nil { first = Self.string(content) }
    lastText.removeAll(keepingCapacity: true)
    lastText.append(contentsOf: content)
  }

  private static func string(_ text: UnsafeRawBufferPointer) -> String {
    String(decoding: text, as: UTF8.self)
  }
}
