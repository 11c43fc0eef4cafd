import Glibc

/// Emptied segments kept for reuse: a list through the blocks themselves, so that keeping one takes
/// no memory.
struct SpareSegments: ~Copyable {
  private struct Node {
    let next: UnsafeMutableRawPointer?
    let capacity: Int
  }

  private var first: UnsafeMutableRawPointer?
  /// Bytes of all of them.
  private(set) var bytes = 0

  init() {}

  deinit {
    var rest = first
    while let base = rest {
      rest = base.load(as: Node.self).next
      free(base)
    }
  }

  /// Keeps a segment, which has `Segment.smallest` bytes at least.
  mutating func keep(_ segment: Segment) {
    segment.base.storeBytes(of: Node(next: first, capacity: segment.capacity), as: Node.self)
    first = segment.base
    bytes &+= segment.capacity
  }

  /// Takes one of a size in `sizes` out, and frees those it comes across that are not.
  mutating func take(_ sizes: ClosedRange<Int>, first number: Int) -> Segment? {
    while let base = first {
      let node = base.load(as: Node.self)
      first = node.next
      bytes &-= node.capacity
      if sizes.contains(node.capacity) {
        return Segment(base: base, capacity: node.capacity, first: number)
      }
      free(base)
    }
    return nil
  }
}
