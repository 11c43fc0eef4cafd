import MimirBase
import MimirJSON

/// One row of CSV, quoted as RFC 4180 says.
struct CSVRow: ~Copyable {
  private var values: [Range<Int>?]
  private var text = ByteBuffer()

  init(columns: Int) { values = Array(repeating: nil, count: columns) }

  /// The row is valid until the next call.
  mutating func header(_ names: [String]) -> UnsafeRawBufferPointer {
    text.truncate(to: 0)
    for (column, name) in names.enumerated() {
      if column > 0 { text.append(UInt8(ascii: ",")) }
      append(string: Array(name.utf8))
    }
    return text.bytes
  }

  /// The row of an entry whose columns the tree knows; what it does not know is left out.
  mutating func fill(
    _ entry: UnsafeRawBufferPointer, _ tree: KeyTree
  ) -> UnsafeRawBufferPointer {
    for column in values.indices { values[column] = nil }
    tree.walk(entry) { column, value in
      if column < values.count { values[column] = value }
    }
    text.truncate(to: 0)
    for column in values.indices {
      if column > 0 { text.append(UInt8(ascii: ",")) }
      guard let value = values[column] else { continue }
      append(UnsafeRawBufferPointer(rebasing: entry[value]))
    }
    // To readers an empty line is no row.
    if text.isEmpty { text.append("\"\"") }
    return text.bytes
  }

  private mutating func append(_ value: UnsafeRawBufferPointer) {
    switch ValueKind(value) {
    case .null: break
    case .boolean, .integer, .float: text.append(value)
    case .string:
      append(
        string: JSONEscape.bytes(UnsafeRawBufferPointer(rebasing: value.dropFirst().dropLast())))
    case .array, .ndarray, .object: append(string: Array(value))
    }
  }

  private mutating func append(string bytes: [UInt8]) {
    let isPlain =
      !bytes.isEmpty && bytes.allSatisfy { !Self.needsQuotes($0) }
      && bytes.first != UInt8(ascii: " ") && bytes.last != UInt8(ascii: " ")
    guard !isPlain else { return bytes.withUnsafeBytes { text.append($0) } }
    text.append(UInt8(ascii: "\""))
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { text.append(byte) }
      text.append(byte)
    }
    text.append(UInt8(ascii: "\""))
  }

  private static func needsQuotes(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
    default: false
    }
  }
}
