import Glibc
import MimirBase
import MimirGzip
import MimirIO
import Testing

@Suite struct GzipReaderDamageTests {
  let folder = TemporaryFolder()

  /// Gives a prefix of the entries, and says that something is missing.
  @Test func readsAFileCutAtAnyByte() throws {
    let lines = someLines(60)
    let file = makeLog(lines, perChunk: 15, inTail: 20).file
    let path = folder.file("log.gz")
    for length in 2..<file.count {
      put(Array(file[..<length]), into: path)
      let (read, report) = try read(path)
      try #require(read == Array(lines.prefix(read.count)), "cut at \(length)")
      try #require(report.torn && !report.damaged && report.message != nil, "cut at \(length)")
      let some = try MimirGzipTests.read(path, last: 3)
      try #require(some.lines == read.suffix(3), "cut at \(length)")
      try #require(some.report.torn, "cut at \(length)")
    }
    // The tail's blocks hold three lines each: what is there is given.
    #expect(try read(path).lines.count == 60)
  }

  @Test func refusesWhatIsNoGzip() throws {
    let path = folder.file("log.gz")
    put([0x1F], into: path)
    #expect(throws: MimirError.self) { try GzipReader(path: path) }
    put(Array("{\"a\":1}\n".utf8), into: path)
    let error = #expect(throws: MimirError.self) { try GzipReader(path: path) }
    #expect(error?.code == .corrupt)
    #expect(throws: MimirError.self) { try GzipReader(path: folder.file("none.gz")) }
    #expect(throws: MimirError.self) { try GzipReader(path: folder.path) }
  }

  /// Detected, or harmless.
  @Test func noFlippedBitGoesUnnoticed() throws {
    let lines = someLines(100)
    let path = folder.file("log.gz")
    let file = makeLog(lines, perChunk: 20, inTail: 40).file
    var (harmless, told) = (0, 0)
    put(file, into: path)
    let handle = try #require(fopen(path, "r+"))
    defer { fclose(handle) }
    for bit in 0..<(file.count * 8) {
      var byte = file[bit / 8] ^ (1 << (bit % 8))
      pwrite(fileno(handle), &byte, 1, bit / 8)
      defer {
        byte = file[bit / 8]
        pwrite(fileno(handle), &byte, 1, bit / 8)
      }
      do {
        let (read, report) = try read(path)
        if report.damaged || report.torn {
          told += 1
          #expect(report.message != nil)
        } else {
          harmless += 1
          try #require(read == lines, "bit \(bit)")
        }
        if bit % 7 == 0 { _ = try MimirGzipTests.read(path, last: 7) }
      } catch {
        try #require(bit < 16 && error is MimirError, "bit \(bit): \(error)")
        told += 1
      }
    }
    print("of \(file.count * 8) flipped bits \(told) were told of, \(harmless) were harmless")
    #expect(told > file.count * 7)
  }

  /// - Parameter count: a few chunks, or enough for several threads.
  @Test(arguments: [300, 60_000])
  func goesOnBehindADamagedChunk(count: Int) throws {
    let lines = someLines(count, padding: 30)
    let perChunk = count / 30
    let (builder, file) = makeLog(lines, perChunk: perChunk, inTail: perChunk / 2)
    let path = folder.file("log.gz")
    for number in [0, 1, 13, builder.chunks.count - 1] {
      let (start, end) = (builder.boundaries[number], builder.boundaries[number + 1])
      var damaged = file
      var random = Lines(seed: UInt64(number))
      for byte in (start + (end - start) / 3)..<(end - 4) {
        damaged[byte] = UInt8(truncatingIfNeeded: random.random())
      }
      put(damaged, into: path)
      let (read, report) = try read(path)
      var expected = lines
      expected.removeSubrange(
        (number * perChunk)..<min((number + 1) * perChunk, lines.count - perChunk / 2))
      try #require(read == expected, "chunk \(number)")
      #expect(report.damaged && !report.torn)
      #expect(report.skippedBytes == end - start)
      let some = try MimirGzipTests.read(path, last: count - 1)
      try #require(some.lines == expected.suffix(count - 1))
      #expect(some.report == report)
    }
  }

  @Test func saysWhenTheTailIsDamaged() throws {
    let lines = someLines(10)
    let path = folder.file("log.gz")
    var file = makeLog(lines, perChunk: 5, inTail: 5).file
    file[file.count - 40] ^= 1
    put(file, into: path)
    let (read, report) = try read(path)
    #expect(read.count == 10 && read.prefix(9) == lines.prefix(9) && read != lines)
    #expect(report.damaged && !report.torn)
  }

  @Test func leavesOutATornTail() throws {
    let lines = someLines(20)
    let path = folder.file("log.gz")
    var builder = makeLog(lines, perChunk: 5, inTail: 10, perBlock: 1).builder
    let end = builder.build().count
    builder.tail.append(Array("{\"torn\":\"".utf8) + [UInt8](repeating: 0x78, count: 5000))
    for length in [end - 13, end - 12, end, end + 4990] {
      put(Array(builder.build()[..<length]), into: path)
      let (read, report) = try read(path)
      #expect(read == lines)
      #expect(report.torn && !report.damaged)
      #expect(report.skippedBytes == length - (end - 13))
    }
  }

  /// A kill between the two writes of an append leaves the old end and something behind it.
  @Test func ignoresWhatLiesBehindTheEnd() throws {
    let lines = someLines(20)
    let path = folder.file("log.gz")
    put(makeLog(lines, perChunk: 5, inTail: 10).file + [1, 2, 3], into: path)
    let (read, report) = try read(path)
    #expect(read == lines)
    #expect(report == ReadReport())
  }

  @Test func finishesACompactionFromItsJournal() throws {
    let lines = someLines(60)
    let path = folder.file("log.gz")
    let (before, old) = makeLog(lines, perChunk: 20, inTail: 40, perBlock: 1)
    let (after, new) = makeLog(lines, perChunk: 20, inTail: 5)
    let prefix = after.chunks.flatMap { $0 }
    let offset = before.boundaries.last ?? 0
    let (newTail, oldTail) = (after.boundaries.last ?? 0, before.tail.dropLast(5))
    let payload = Array(new[offset..<newTail])
    let rest = offset + oldTail.reduce(0) { $0 + 5 + $1.count }
    let body =
      LogBuilder.little(before.generation) + LogBuilder.little(UInt64(offset))
      + LogBuilder.little(UInt64(payload.count)) + LogBuilder.little(UInt64(rest))
      + LogBuilder.state(
        compacting: false, generation: before.generation + 1, tailOffset: newTail, prefix: prefix)
      + LogBuilder.little(LogBuilder.crc(payload))
    let journal = Array("MIJ1".utf8) + LogBuilder.little(LogBuilder.crc(body)) + body + payload
    var flagged = before
    flagged.compacting = true
    var half = flagged.build()
    // What a kill leaves of step 3, and of step 4.
    half.replaceSubrange(
      offset..<(offset + payload.count / 2), with: payload[..<(payload.count / 2)])
    var moved = flagged.build()
    moved.replaceSubrange(offset..<newTail, with: payload)
    moved.replaceSubrange(newTail..<(newTail + 50), with: old[rest..<(rest + 50)])

    put(moved, into: path)
    put(journal, into: path + ".journal")
    #expect(try read(path) == (lines, ReadReport()))
    put(half, into: path)
    #expect(try read(path) == (lines, ReadReport()))
    for count in [1, 5, 6, 30, 60] {
      #expect(try read(path, last: count).lines == lines.suffix(count))
    }
    let link = folder.file("link.gz")
    #expect(symlink(path, link) == 0)
    #expect(try read(link).lines == lines)

    // Not begun yet: the file itself is right, and the journal of no account.
    put(old, into: path)
    #expect(try read(path) == (lines, ReadReport()))

    put(half, into: path)
    put(journal.dropLast(), into: path + ".journal")
    let (some, report) = try read(path)
    #expect(some == Array(lines.prefix(20)))
    #expect(report.damaged)
  }
}

@Suite struct ForeignGzipTests {
  let folder = TemporaryFolder()
  let text = Array((0..<3000).map { "{\"i\":\($0)}\n" }.joined().utf8)

  private func check(
    _ file: [UInt8], _ count: Int, torn: Bool = false, damaged: Bool = false, skipped: Int = 0
  ) throws {
    let path = folder.file("foreign.gz")
    put(file, into: path)
    let all = (0..<count).map { "{\"i\":\($0)}" }
    for last in [nil, 0, 1, 2999, 5000] {
      let (read, report) = try read(path, last: last)
      #expect(read == all.suffix(last ?? .max))
      #expect(report.torn == torn)
      #expect(report.damaged == damaged)
      #expect(report.skippedBytes == skipped)
      #expect((report.message == nil) == (!torn && !damaged))
    }
  }

  @Test func readsMembersAndZeros() throws {
    let one = LogBuilder.member(text)
    try check(one, 3000)
    try check(one + [0, 0, 0], 3000)
    try check([], 0)
    try check(LogBuilder.member([]), 0)
    // A line may lie in two members.
    let parts = LogBuilder.member(Array(text[..<100])) + LogBuilder.member(Array(text[100...]))
    try check(parts, 3000)
    try check(
      LogBuilder.member(Array(text[..<100])) + [0, 0] + LogBuilder.member(Array(text[100...])), 3000
    )
  }

  @Test func saysWhatFollowsTheEnd() throws {
    try check(
      LogBuilder.member(text) + Array("hello".utf8), 3000, damaged: true, skipped: 5)
  }

  @Test func readsACutFileUpToItsLastWholeLine() throws {
    let one = LogBuilder.member(text)
    let path = folder.file("cut.gz")
    var most = 0
    for length in stride(from: 2, to: one.count, by: 7) {
      put(Array(one[..<length]), into: path)
      let (read, report) = try read(path)
      try #require(read == (0..<read.count).map { "{\"i\":\($0)}" })
      try #require(report.torn && !report.damaged)
      most = max(most, read.count)
    }
    #expect(most == 3000)
  }

  @Test func saysWhenTheChecksumIsWrong() throws {
    var one = LogBuilder.member(text)
    one[one.count - 6] ^= 1
    let path = folder.file("damaged.gz")
    put(one, into: path)
    #expect(try read(path).report.damaged)
  }
}
