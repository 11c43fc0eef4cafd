import Glibc
import MimirBase

/// Numbered lines in memory, bounded by bytes.
struct LineQueue: ~Copyable {
  private var bytes = ByteBuffer()
  private var head = 0
  /// Number of the oldest one.
  private(set) var first: UInt64 = 1
  private(set) var count: UInt64 = 0

  var isEmpty: Bool { count == 0 }
  var size: Int { bytes.count - head }

  /// False when there is no room. A number that does not follow the last one starts it anew.
  mutating func add(_ number: UInt64, _ line: UnsafeRawBufferPointer, limit: Int) -> Bool {
    guard isEmpty || size + line.count <= limit else { return false }
    if isEmpty { first = number }
    bytes.append(line)
    count += 1
    return true
  }

  /// The first line, newline included.
  var firstLine: UnsafeRawBufferPointer { line(at: head) }

  /// Drops all up to a number.
  mutating func remove(upTo number: UInt64) {
    while count > 0, first <= number {
      head += line(at: head).count
      first += 1
      count -= 1
    }
    if head == bytes.count {
      bytes.truncate(to: 0)
      bytes.shrink(to: 1 << 20)
      head = 0
    } else if head > bytes.count / 2 {
      bytes.removeFirst(head)
      head = 0
    }
  }

  /// Appends lines from a number on that is here. Returns how many.
  func read(from number: UInt64, limit: ReadLimit, into out: inout ByteBuffer) -> Int {
    guard number >= first, number < first + count else { return 0 }
    var position = head
    for _ in 0..<(number - first) { position += line(at: position).count }
    let start = out.count
    var taken = 0
    while taken < limit.entries, number + UInt64(taken) < first + count {
      let line = line(at: position)
      if taken > 0, out.count - start + line.count > limit.bytes { break }
      out.append(line)
      position += line.count
      taken += 1
    }
    return taken
  }

  private func line(at position: Int) -> UnsafeRawBufferPointer {
    let rest = UnsafeRawBufferPointer(rebasing: bytes.bytes[position...])
    guard let base = rest.baseAddress, let end = memchr(base, 10, rest.count) else { return rest }
    return UnsafeRawBufferPointer(start: base, count: UnsafeRawPointer(end) - base + 1)
  }
}
