import MimirRing
import Testing

struct RingMemoryTests {
  @Test func allocatesNothingForAnEmptyRing() {
    let ring = EntryRing(maxlen: 1_000_000)
    #expect(ring.memory <= 256)
  }

  @Test(arguments: [1, 60, 1000, 100_000])
  func growsInProportion(length: Int) {
    var ring = EntryRing(maxlen: .max)
    let entry = [UInt8](repeating: 7, count: length)
    for count in 1...1000 {
      ring.push(entry)
      // The last segment is at most a quarter of the rest, or 4 KiB, or one entry.
      let held = count * (length + 4)
      #expect(ring.memory <= held + held / 2 + length + 8192)
    }
  }

  @Test func givesALargeEntrysMemoryBack() {
    var ring = EntryRing(maxlen: 3)
    ring.push([UInt8](repeating: 1, count: 64 << 20))
    for _ in 0..<3 { ring.push([1]) }
    // What is left: the segment of the small ones, sized when there was much.
    #expect(ring.memory < (1 << 20) + 4096)
  }

  @Test func shrinksWithWhatItHolds() {
    var ring = EntryRing(maxlen: 1000)
    let large = [UInt8](repeating: 1, count: 20_000)
    for _ in 0..<1000 { ring.push(large) }
    #expect(ring.memory > 20_000_000)
    let small: [UInt8] = [1, 2, 3, 4]
    for _ in 0..<300_000 { ring.push(small) }
    #expect(ring.memory < 64 << 10)
  }

  /// Sizes of entries, in an order that repeats: alike, mixed, larger than any segment.
  @Test(arguments: [[60], [0], [10, 200, 3000], [1_500_000]])
  func reusesItsMemoryOnceFull(lengths: [Int]) {
    var ring = EntryRing(maxlen: 20)
    let entries = lengths.map { [UInt8](repeating: 9, count: $0) }
    for step in 0..<2000 { ring.push(entries[step % entries.count]) }
    // Memory that is used again has addresses seen before. (Tests/C/test_ring.c counts the calls of
    // malloc: none.)
    var seen: Set<Int> = []
    var new = 0
    for step in 0..<4000 {
      ring.push(entries[step % entries.count])
      let address = ring.withBytes(at: -1) { Int(bitPattern: $0.baseAddress) } ?? 0
      if seen.insert(address >> 12).inserted, step >= 2000 { new += 1 }
    }
    #expect(new == 0)
  }
}
