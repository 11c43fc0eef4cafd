import Glibc

/// One block of memory with consecutive strings: their bytes grow from its start, their end offsets
/// (`UInt32`) from its end towards them.
struct Segment {
  /// Sizes of segments for strings that fit in them.
  static let smallest = 4 << 10
  static let largest = 1 << 20
  /// What a string costs beside its bytes.
  static let slot = MemoryLayout<UInt32>.stride

  let base: UnsafeMutableRawPointer
  /// A multiple of `slot`, so that the offsets are aligned.
  let capacity: Int
  /// Bytes of strings in use.
  private(set) var used = 0
  /// Strings that were appended.
  private(set) var count = 0
  /// The number of its first string, counted from the ring's first one ever.
  let first: Int

  /// Takes over a block from the C heap.
  init(base: UnsafeMutableRawPointer, capacity: Int, first: Int) {
    self.base = base
    self.capacity = capacity
    self.first = first
  }

  init?(capacity: Int, first: Int) {
    guard let base = malloc(capacity) else { return nil }
    self.init(base: base, capacity: capacity, first: first)
  }

  /// The number after its last string's.
  var end: Int { first &+ count }

  func fits(_ length: Int) -> Bool {
    capacity &- used &- (count &+ 1) &* Self.slot >= length
      && (count == 0 || used &+ length <= UInt32.max)
  }

  /// Appends a string that fits.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if let source = bytes.baseAddress, bytes.count > 0 {
      memcpy(base + used, source, bytes.count)
      used &+= bytes.count
    }
    // Truncation is harmless: beyond 4 GiB nothing follows, and the end of the last is `used`.
    ends(count).pointee = UInt32(truncatingIfNeeded: used)
    count &+= 1
  }

  /// The string with a number from `first` to `end - 1`.
  func bytes(of number: Int) -> UnsafeRawBufferPointer {
    let index = number &- first
    let start = index == 0 ? 0 : Int(ends(index &- 1).pointee)
    let end = index == count &- 1 ? used : Int(ends(index).pointee)
    return UnsafeRawBufferPointer(start: base + start, count: end &- start)
  }

  private func ends(_ index: Int) -> UnsafeMutablePointer<UInt32> {
    (base + (capacity &- (index &+ 1) &* Self.slot)).assumingMemoryBound(to: UInt32.self)
  }
}
