import MimirBase

/// Entries in their order, bounded by bytes.
struct EntryQueue: ~Copyable {
  private static let headerSize = 16

  private var bytes = ByteBuffer()
  private var head = 0
  private(set) var count: UInt64 = 0
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  var isEmpty: Bool { head == bytes.count }

  /// The first one's number; nil when there is none.
  var first: UInt64? {
    isEmpty ? nil : bytes.bytes.loadUnaligned(fromByteOffset: head, as: UInt64.self)
  }

  /// False when there is no room.
  mutating func add(_ sequence: UInt64, _ text: UnsafeRawBufferPointer) -> Bool {
    guard isEmpty || bytes.count - head + text.count <= limit else { return false }
    var header = (sequence, UInt64(text.count))
    withUnsafeBytes(of: &header) { bytes.append($0) }
    bytes.append(text)
    count += 1
    return true
  }

  /// Takes the first one; its text stays where it is until something is added.
  mutating func take() -> UnsafeRawBufferPointer {
    let count = Int(bytes.bytes.loadUnaligned(fromByteOffset: head + 8, as: UInt64.self))
    let start = head + Self.headerSize
    head = start + count
    self.count -= 1
    let text = UnsafeRawBufferPointer(rebasing: bytes.bytes[start..<head])
    return text
  }

  /// Gives the room of what was taken back. What `take` has returned is gone then.
  mutating func tidy() {
    guard head > 1 << 20 || isEmpty, head > 0 else { return }
    bytes.removeFirst(head)
    head = 0
    bytes.shrink(to: 4 << 20)
  }

  mutating func removeAll() {
    bytes.truncate(to: 0)
    bytes.shrink(to: 4 << 20)
    head = 0
    count = 0
  }
}
