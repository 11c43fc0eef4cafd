import MimirBase
import MimirRing

/// The last entries, by number.
struct EntryStore: ~Copyable {
  private var ring: EntryRing
  /// Number of the newest entry ever.
  private(set) var last: UInt64 = 0

  init(maxlen: Int) { ring = EntryRing(maxlen: maxlen) }

  /// Number of the oldest one held; `last + 1` when none is.
  var first: UInt64 { last &- UInt64(ring.count) &+ 1 }

  mutating func add(_ sequence: UInt64, _ text: UnsafeRawBufferPointer) {
    // What was dropped on the way here is missing: the ring holds no gaps.
    if sequence != last &+ 1 { ring.removeAll() }
    last = sequence
    // Without memory for it the ring would number what it holds wrongly.
    if !ring.push(text) { ring.removeAll() }
  }

  /// The text of an entry; nil when it is not held.
  func withEntry<Result>(
    _ sequence: UInt64, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result? {
    guard sequence >= first, sequence <= last else { return nil }
    return ring.withBytes(at: Int(sequence - first), body)
  }

  /// Appends entries from `sequence` on, each with a newline. Returns how many.
  func read(from sequence: UInt64, limit: ReadLimit, into out: inout ByteBuffer) -> Int {
    let start = out.count
    var count = 0
    while count < limit.entries {
      let next = sequence + UInt64(count)
      let done: Bool? = withEntry(next) { text in
        if count > 0, out.count - start + text.count > limit.bytes { return true }
        out.append(text)
        out.append(UInt8(ascii: "\n"))
        return false
      }
      guard done == false else { break }
      count += 1
    }
    return count
  }
}
