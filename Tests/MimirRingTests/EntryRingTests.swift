import MimirRing
import Testing

/// What the ring should hold, told the plain way.
struct RingModel {
  let maxlen: Int
  var entries: [[UInt8]] = []

  mutating func push(_ entry: [UInt8]) {
    entries.append(entry)
    if entries.count > maxlen { entries.removeFirst(entries.count - maxlen) }
  }

  var held: Int { entries.reduce(0) { $0 + $1.count } }
}

extension EntryRing {
  mutating func push(_ entry: [UInt8]) {
    entry.withUnsafeBytes { _ = push($0) }
  }

  subscript(index: Int) -> [UInt8]? {
    withBytes(at: index) { [UInt8]($0) }
  }
}

/// Same numbers in each run, so that a failure can be repeated.
struct Random: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func entry(upTo limit: Int) -> [UInt8] {
    let length = Int.random(in: 0...limit, using: &self)
    // Neighbours differ, so a wrong border shows.
    return [UInt8](repeating: UInt8.random(in: 0...255, using: &self), count: length)
  }
}

struct EntryRingTests {
  /// Largest sizes of strings: around what fits in a segment of 4 KiB and in one of 1 MiB, and above.
  static let sizes = [0, 1, 100, 4092, 4093, 70_000, 1 << 20, 3 << 20]

  @Test(arguments: [0, 1, 2, 10, 1000, Int.max], sizes)
  func holdsWhatAPlainArrayHolds(maxlen: Int, size: Int) {
    var random = Random(state: UInt64(size) &+ 1)
    var ring = EntryRing(maxlen: maxlen)
    var model = RingModel(maxlen: maxlen)
    let pushes = size > 1 << 19 ? 40 : size > 4096 ? 400 : 4000
    for step in 1...pushes {
      // Small ones between large ones, as in logs with an array now and then.
      let entry = random.entry(upTo: step.isMultiple(of: 3) ? min(size, 50) : size)
      ring.push(entry)
      model.push(entry)
      guard ring.count == model.entries.count, ring[-1] == model.entries.last else {
        Issue.record("step \(step) went wrong")
        return
      }
      if step.isMultiple(of: pushes / 8) { expectSame(ring, model) }
    }
  }

  func expectSame(_ ring: borrowing EntryRing, _ model: RingModel) {
    let count = model.entries.count
    for (index, entry) in model.entries.enumerated() {
      guard ring[index] == entry, ring[index - count] == entry else {
        Issue.record("entry \(index) of \(count) is another")
        return
      }
    }
    for index in [count, count + 1, -count - 1, Int.max, Int.min, Int.min + 1] {
      let isNil = ring[index] == nil
      #expect(isNil, "index \(index)")
    }
    // Twice what is held with its offsets, and four segments of at most 1 MiB.
    #expect(ring.memory <= 2 * (model.held + 4 * count) + (4 << 20) + 4096)
  }

  @Test func keepsNothingForAMaxlenOfZeroOrLess() {
    for maxlen in [0, -1, Int.min] {
      var ring = EntryRing(maxlen: maxlen)
      ring.push([1, 2, 3])
      #expect(ring.count == 0)
      #expect(ring.maxlen == 0)
      for index in [0, -1, Int.min, Int.max] {
        let isNil = ring[index] == nil
        #expect(isNil)
      }
    }
  }

  @Test func takesABufferWithoutAddress() {
    var ring = EntryRing(maxlen: 2)
    ring.push(UnsafeRawBufferPointer(start: nil, count: 0))
    #expect(ring[0] == [])
  }

  @Test func startsOverAfterRemoveAll() {
    var ring = EntryRing(maxlen: 10)
    let empty = ring.memory
    for round in 0..<3 {
      for value in 0..<25 { ring.push([UInt8(value), UInt8(round)]) }
      #expect(ring.count == 10)
      #expect(ring[0] == [15, UInt8(round)])
      ring.removeAll()
      #expect(ring.count == 0)
      #expect(ring.memory == empty)
      let isNil = ring[-1] == nil
      #expect(isNil)
    }
  }
}
