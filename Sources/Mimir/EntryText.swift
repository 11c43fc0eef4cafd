import MimirBase
import MimirJSON

/// Tells which lines of a log are entries.
package struct EntryText: ~Copyable {
  private static let largest = JSONLimits(maxBytes: 1 << 30)
  private var checked = ByteBuffer()
  private var restored = ByteBuffer()
  /// How many NaN and infinities stand bare in the last entry.
  private(set) var nonfinite = 0

  package init() {}

  /// The text of an entry with its NaN and infinities, valid until the next call; nil when the line is
  /// none.
  package mutating func entry(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard line.first == UInt8(ascii: "{") || line.contains(UInt8(ascii: "{")) else { return nil }
    checked.truncate(to: 0)
    restored.truncate(to: 0)
    guard
      let bare = try? JSONText.compactObject(line, limits: Self.largest, into: &checked),
      let tagged = try? Nonfinite.restore(checked.bytes, into: &restored)
    else { return nil }
    nonfinite = bare + tagged
    // For C: not part of the text.
    restored.reserve(1).pointee = 0
    return restored.bytes
  }

  static func isBlank(_ line: UnsafeRawBufferPointer) -> Bool {
    line.allSatisfy { $0 == 0x20 || (9...13).contains($0) }
  }
}
