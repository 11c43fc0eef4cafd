import Glibc
import MimirJSON

/// Reads the numbers of some keys out of entries.
struct KeyedNumbers {
  private static let tokens: [(StaticString, Double)] = [
    ("NaN", .nan), ("Infinity", .infinity), ("-Infinity", -.infinity),
  ]

  private let keys: [[UInt8]]
  private let entersLists: Bool
  /// Of the last entry: NaN where a key's value is NaN or null.
  private(set) var values: [Double]
  /// Which keys it has with a number.
  private(set) var found: [Bool]
  /// Which keys it has with something that is no number.
  private(set) var others: [Bool]

  init(_ keys: [String]) {
    self.keys = keys.map { Array($0.utf8) }
    // Only a part of a key that is a number can lead into a list.
    entersLists = keys.contains { key in
      key.split(separator: ".").contains { part in part.allSatisfy { $0.isASCII && $0.isNumber } }
    }
    values = Array(repeating: .nan, count: keys.count)
    found = Array(repeating: false, count: keys.count)
    others = found
  }

  mutating func read(_ entry: UnsafeRawBufferPointer) {
    for place in keys.indices { (found[place], others[place]) = (false, false) }
    var leaves = JSONLeaves(entry, entersLists: entersLists)
    while leaves.next() {
      for place in keys.indices where keys[place] == leaves.path {
        if let number = Self.number(leaves) {
          (values[place], found[place]) = (number, true)
        } else {
          others[place] = true
        }
      }
    }
  }

  static func number(_ leaf: borrowing JSONLeaves) -> Double? {
    switch leaf.kind {
    case .number:
      guard let start = leaf.value.baseAddress else { return nil }
      // A comma or brace follows it, and ends it.
      return strtod(start.assumingMemoryBound(to: CChar.self), nil)
    // As NaN and infinities are written where nothing else is asked for.
    case .null: return .nan
    case .string:
      for (token, value) in tokens
      where leaf.value.elementsEqual(
        UnsafeBufferPointer(start: token.utf8Start, count: token.utf8CodeUnitCount))
      {
        return value
      }
      return nil
    case .bool, .array: return nil
    }
  }
}
