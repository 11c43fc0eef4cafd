import MimirJSON

/// What is known of each key of the entries seen so far.
struct WatchTable {
  struct Row {
    let key: String
    /// JSON text.
    var last: [UInt8] = []
    var kind = JSONLeaves.Kind.null
    /// Of finite numbers.
    var range = NumberRange()
    /// How many entries have it: in one it may stand twice.
    var count: UInt64 = 0
    var lastEntry: UInt64 = 0
    /// When the last one came, milliseconds.
    var at = 0
  }

  static let mostKeys = 10_000

  private(set) var rows: [Row] = []
  /// There were more keys than a table can have.
  private(set) var isFull = false
  private(set) var entries: UInt64 = 0
  private var places: [[UInt8]: Int] = [:]
  private var paths: [[UInt8]] = []

  mutating func add(_ entry: UnsafeRawBufferPointer, at now: Int) {
    entries += 1
    var leaves = JSONLeaves(entry, entersLists: false)
    // Entries mostly have the same keys in the same order.
    var expected = 0
    while leaves.next() {
      guard let place = self.place(of: leaves.path, expected) else { continue }
      expected = place + 1
      rows[place].take(leaves, of: entries, at: now)
    }
  }

  private mutating func place(of path: [UInt8], _ expected: Int) -> Int? {
    if expected < paths.count, paths[expected] == path { return expected }
    if let known = places[path] { return known }
    guard rows.count < Self.mostKeys else {
      isFull = true
      return nil
    }
    rows.append(Row(key: String(decoding: path, as: UTF8.self)))
    paths.append(path)
    places[path] = rows.count - 1
    return rows.count - 1
  }

  /// What is not in it; "" for nothing.
  var note: String {
    isFull ? "only the first \(Text.grouped(Self.mostKeys)) keys; there are more" : ""
  }

  /// One object: how many entries, and of each key what the table shows.
  var json: String {
    var keys = JSONObject()
    for row in rows { keys.append(key: row.key, value: row.json) }
    let all: JSONObject = ["entries": .uint(entries), "keys": .object(keys)]
    return JSONValue.object(all).description
  }
}

extension WatchTable.Row {
  mutating func take(_ leaf: borrowing JSONLeaves, of entry: UInt64, at now: Int) {
    if entry != lastEntry { (count, lastEntry) = (count + 1, entry) }
    at = now
    kind = leaf.kind
    last.removeAll(keepingCapacity: true)
    last.append(contentsOf: leaf.value)
    guard kind == .number, let number = KeyedNumbers.number(leaf), number.isFinite else { return }
    range.take(number, leaf.value)
  }

  /// The last value, for a person.
  var text: String {
    switch kind {
    case .array: "[…]"
    case .number where last.contains(UInt8(ascii: ".")) || last.contains(UInt8(ascii: "e")):
      Double(String(decoding: last, as: UTF8.self)).map { Text.short($0) } ?? ""
    default: String(decoding: last, as: UTF8.self)
    }
  }

  fileprivate var json: JSONValue {
    var object: JSONObject = ["last": lastJSON]
    if let min = range.min, let max = range.max {
      object.append(key: "min", value: .number(min.text))
      object.append(key: "max", value: .number(max.text))
    }
    object.append(key: "count", value: .uint(count))
    return .object(object)
  }

  /// NaN and infinities are null.
  private var lastJSON: JSONValue {
    let text = String(decoding: last, as: UTF8.self)
    switch kind {
    case .number:
      return last.contains(where: { $0 == UInt8(ascii: "N") || $0 == UInt8(ascii: "I") })
        ? .null : .number(text)
    case .string: return .string(last.withUnsafeBytes { JSONEscape.string($0) })
    case .bool: return .bool(text == "true")
    case .null, .array: return .null
    }
  }
}
