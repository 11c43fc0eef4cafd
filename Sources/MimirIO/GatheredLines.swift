import Glibc
package import MimirBase

/// Gives the whole lines of text that comes in pieces.
package struct GatheredLines: ~Copyable {
  private static let kept = 1 << 20
  private var text = ByteBuffer()
  private var position = 0

  package init() {}

  package mutating func add(
    _ more: borrowing ByteBuffer, of path: String
  ) throws(MimirError) {
    text.removeFirst(position)
    position = 0
    guard text.count + more.count <= LineSplitter.longestLine else { throw .tooLong(path) }
    text.append(more.bytes)
  }

  /// A line without its newline, valid until the next call.
  package mutating func next() -> UnsafeRawBufferPointer? {
    guard let base = text.bytes.baseAddress, position < text.count else { return nil }
    let start = base + position
    guard let newline = memchr(start, Int32(UInt8(ascii: "\n")), text.count - position) else {
      return nil
    }
    let count = UnsafeRawPointer(newline) - start
    position += count + 1
    return UnsafeRawBufferPointer(start: start, count: count)
  }

  package mutating func removeAll() {
    text.truncate(to: 0)
    text.shrink(to: Self.kept)
    position = 0
  }
}
