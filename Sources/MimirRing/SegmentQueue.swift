import Glibc

/// A double-ended queue of segments, oldest first: a circular array on the C heap, which owns them.
struct SegmentQueue: ~Copyable {
  private var slots: UnsafeMutablePointer<Segment>?
  /// 0 or a power of two.
  private var capacity = 0
  private var head = 0
  private(set) var count = 0

  init() {}

  deinit {
    for index in 0..<count { free(slot(index).pointee.base) }
    free(slots)
  }

  /// Bytes of the array itself.
  var memory: Int { capacity &* MemoryLayout<Segment>.stride }

  /// Where the segment at `index`, 0 to `count - 1`, is stored; valid until the next append.
  func slot(_ index: Int) -> UnsafeMutablePointer<Segment> {
    slots.unsafelyUnwrapped + ((head &+ index) & (capacity &- 1))
  }

  /// Makes room for one more. False when there is no memory.
  mutating func reserve() -> Bool {
    guard count == capacity else { return true }
    let wanted = max(capacity &* 2, 4)
    guard let memory = malloc(wanted &* MemoryLayout<Segment>.stride) else { return false }
    let new = memory.bindMemory(to: Segment.self, capacity: wanted)
    for index in 0..<count { (new + index).initialize(to: slot(index).pointee) }
    free(slots)
    slots = new
    capacity = wanted
    head = 0
    return true
  }

  /// Appends a segment; `reserve` has made the room.
  mutating func append(_ segment: Segment) {
    slot(count).initialize(to: segment)
    count &+= 1
  }

  /// Takes the oldest one out; there is one.
  mutating func removeFirst() -> Segment {
    let segment = slot(0).pointee
    head = (head &+ 1) & (capacity &- 1)
    count &-= 1
    return segment
  }
}
