import MimirJSON

/// What is known of each key of the entries seen so far.
struct WatchTable {
  struct Row {
    let key: String
    /// JSON text.
    var last: [UInt8] = []
    var kind = JSONLeaves.Kind.null
    /// Of finite numbers.
    var low = Double.infinity
    var high = -Double.infinity
    var count: UInt64 = 0
    /// When the last one came, milliseconds.
    var at = 0
  }

  private(set) var rows: [Row] = []
  private(set) var entries: UInt64 = 0
  private var places: [[UInt8]: Int] = [:]
  private var paths: [[UInt8]] = []

  mutating func add(_ entry: UnsafeRawBufferPointer, at now: Int) {
    entries += 1
    var leaves = JSONLeaves(entry, entersLists: false)
    // Entries mostly have the same keys in the same order.
    var expected = 0
    while leaves.next() {
      let place = self.place(of: leaves.path, expected)
      expected = place + 1
      rows[place].take(leaves, at: now)
    }
  }

  private mutating func place(of path: [UInt8], _ expected: Int) -> Int {
    if expected < paths.count, paths[expected] == path { return expected }
    if let known = places[path] { return known }
    rows.append(Row(key: String(decoding: path, as: UTF8.self)))
    paths.append(path)
    places[path] = rows.count - 1
    return rows.count - 1
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
  mutating func take(_ leaf: borrowing JSONLeaves, at now: Int) {
    count += 1
    at = now
    kind = leaf.kind
    last.removeAll(keepingCapacity: true)
    last.append(contentsOf: leaf.value)
    guard kind == .number, let number = KeyedNumbers.number(leaf), number.isFinite else { return }
    low = min(low, number)
    high = max(high, number)
  }

  /// The last value, for a person.
  var text: String {
    switch kind {
    case .array: "[…]"
    case .number where last.contains(UInt8(ascii: ".")) || last.contains(UInt8(ascii: "e")):
      Double(String(decoding: last, as: UTF8.self)).map { NumberText.short($0) } ?? ""
    default: String(decoding: last, as: UTF8.self)
    }
  }

  fileprivate var json: JSONValue {
    let text = String(decoding: last, as: UTF8.self)
    let value = try? JSONValue(parsing: kind == .string ? "\"\(text)\"" : text)
    var object: JSONObject = ["last": value ?? .null]
    if low <= high {
      object["min"] = .double(low)
      object["max"] = .double(high)
    }
    object["count"] = .uint(count)
    return .object(object)
  }
}
