import Glibc

/// The last `maxlen` byte strings that were pushed.
///
/// Strings lie one after another in segments of 4 KiB to 1 MiB; none straddles two, and one that is
/// larger has a segment of its own. A segment whose strings have all been dropped is kept to be
/// filled again, so a full ring allocates nothing. Memory stays below twice what is held plus four
/// segments.
///
/// Not for several threads at a time: the owner locks.
package struct EntryRing: ~Copyable, @unchecked Sendable {
  package let maxlen: Int
  private var segments = SegmentQueue()
  private var spares = SpareSegments()
  /// Numbers, counted from the first string ever, of the oldest one held and of the next one.
  private var oldest = 0
  private var next = 0
  /// Where the first segment ends, so that dropping need not look.
  private var firstEnd = 0
  /// The last segment, where pushes go.
  private var last: UnsafeMutablePointer<Segment>?
  /// Bytes of all segments in the queue.
  private var capacity = 0

  /// `Int.max` keeps all, 0 or less nothing.
  package init(maxlen: Int) {
    self.maxlen = max(maxlen, 0)
  }

  /// How many strings it holds.
  package var count: Int { next &- oldest }

  /// Bytes of memory occupied, administration included.
  package var memory: Int {
    MemoryLayout<EntryRing>.size + segments.memory + capacity + spares.bytes
  }

  /// Appends a copy, and drops the oldest string when there are more than `maxlen`. False when
  /// there is no memory for it: it is not stored then.
  @discardableResult
  package mutating func push(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard maxlen > 0 else { return true }
    // First, so that the memory of what is dropped can serve what comes.
    if count == maxlen { dropOldest(for: bytes.count) }
    if let last, last.pointee.fits(bytes.count) {
      last.pointee.append(bytes)
    } else {
      guard addSegment(for: bytes.count), let last else { return false }
      last.pointee.append(bytes)
    }
    next &+= 1
    return true
  }

  /// Hands over the string at `index`, 0 (the oldest) to `count - 1` or `-count` to -1 (the newest);
  /// nil for any other index. The bytes are gone after the call.
  @inlinable
  package func withBytes<Result: ~Copyable, Failure: Error>(
    at index: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard let bytes = bytes(at: index) else { return nil }
    return try body(bytes)
  }

  /// Drops all strings and gives their memory back.
  package mutating func removeAll() {
    self = EntryRing(maxlen: maxlen)
  }

  @usableFromInline
  func bytes(at index: Int) -> UnsafeRawBufferPointer? {
    guard index < 0 ? index >= -count : index < count else { return nil }
    let number = (index < 0 ? next : oldest) &+ index
    // The newest ones are asked for most.
    if let last, number >= last.pointee.first { return last.pointee.bytes(of: number) }
    var low = 0
    var high = segments.count &- 1
    while low < high {
      let middle = (low &+ high) / 2
      if number < segments.slot(middle).pointee.end { high = middle } else { low = middle &+ 1 }
    }
    return segments.slot(low).pointee.bytes(of: number)
  }

  private mutating func dropOldest(for length: Int) {
    oldest &+= 1
    // While there is one segment only, `firstEnd` is not kept up to date.
    if segments.count == 1 ? oldest == next : oldest == firstEnd {
      retireFirstSegment(for: length)
    }
  }

  /// Keeps the emptied first segment, unless it is far too large for what is held now and for the
  /// `length` that comes next. Segments of two sizes may be in use: filling one large one empties two
  /// small ones.
  private mutating func retireFirstSegment(for length: Int) {
    let segment = segments.removeFirst()
    capacity &-= segment.capacity
    if segments.count == 0 { last = nil } else { firstEnd = segments.slot(0).pointee.end }
    if (segment.capacity + spares.bytes) / 2 <= max(usualCapacity, length) {
      spares.keep(segment)
    } else {
      free(segment.base)
    }
  }

  private mutating func addSegment(for length: Int) -> Bool {
    guard let segment = takeSegment(for: length) else { return false }
    guard segments.reserve() else {
      free(segment.base)
      return false
    }
    capacity &+= segment.capacity
    segments.append(segment)
    firstEnd = segments.slot(0).pointee.end
    last = segments.slot(segments.count &- 1)
    return true
  }

  /// Of a new segment: a quarter of what there is, so that a small ring stays small and a large one
  /// has few. A power of two, so that it seldom changes.
  private var usualCapacity: Int {
    let quarter = min(max(capacity / 4, Segment.smallest), Segment.largest)
    return 1 << (Int.bitWidth - 1 - quarter.leadingZeroBitCount)
  }

  private mutating func takeSegment(for length: Int) -> Segment? {
    let (padded, overflow) = length.addingReportingOverflow(2 * Segment.slot - 1)
    guard !overflow, padded < Int.max / 2 else { return nil }
    let needed = padded & -Segment.slot
    let wanted = max(usualCapacity, needed)
    return spares.take(max(wanted / 2, needed)...wanted &* 2, first: next)
      ?? Segment(capacity: wanted, first: next)
  }
}
