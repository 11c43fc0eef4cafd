import Glibc
import MimirBase
import MimirIO
import TestSupport
import Testing

@Suite struct IntervalTests {
  let folder = TemporaryFolder()

  @Test func entriesAreGatheredAndWrittenInOrder() throws {
    let path = folder.file("log")
    let writer = try openWriter(path, policy: LogWriter.Policy(interval: 20))
    var expected = ""
    for number in 0..<50_000 {
      try writer.append("{\(number)}\n")
      expected += "{\(number)}\n"
    }
    try writer.flush()
    #expect(contents(path) == expected)
    try WriterRegistry.close(writer)
  }

  @Test func theThreadWritesByItself() throws {
    let path = folder.file("log")
    let writer = try openWriter(path, policy: LogWriter.Policy(interval: 10))
    for round in 1...3 {
      try writer.append("{\(round)}\n")
      var waited = 0
      while !contents(path).hasSuffix("{\(round)}\n"), waited < 5000 {
        usleep(1000)
        waited += 1
      }
      #expect(contents(path).hasSuffix("{\(round)}\n"))
    }
    try WriterRegistry.close(writer)
  }

  @Test func gatheringHoldsUntilTheIntervalIsOver() throws {
    let path = folder.file("log")
    let writer = try openWriter(path, policy: LogWriter.Policy(interval: 3_600_000))
    try writer.append("{1}\n")
    #expect(contents(path).isEmpty)
    #expect(writer.counts().pendingEntries == 1)
    // A second logger that asks for every entry is served, and the order kept.
    let strict = try openWriter(path)
    #expect(contents(path) == "{1}\n")
    try strict.append("{2}\n")
    #expect(contents(path) == "{1}\n{2}\n")
    try WriterRegistry.close(strict)
    try WriterRegistry.close(writer)
  }

  @Test func failuresAreReportedAndMendedLater() throws {
    let path = folder.file("log")
    let system = FaultySyscalls()
    let writer = try openWriter(
      path, policy: LogWriter.Policy(interval: 3_600_000), system: system)
    system.fail(["write"], first: 1, with: .error(ENOSPC))
    try writer.append("{1}\n")
    #expect(throws: MimirError.self) { try writer.flush() }
    #expect(writer.code(appending: "{2}\n") == .noSpace)
    system.recover()
    try writer.flush()
    #expect(writer.code(appending: "{3}\n") == nil)
    try WriterRegistry.close(writer)
    #expect(contents(path) == "{1}\n{2}\n{3}\n")
    #expect(writer.counts().recovered >= 1)
  }

  @Test func memoryIsBounded() throws {
    let path = folder.file("log")
    let system = FaultySyscalls()
    let writer = try openWriter(
      path, policy: LogWriter.Policy(interval: 3_600_000, maxPending: 100), system: system)
    system.fail(["write"], first: 1, with: .error(EIO))
    var dropped = 0
    for _ in 0..<100 where writer.code(appending: "{123456789}\n") == .dropped { dropped += 1 }
    #expect(dropped == 100 - 100 / 12)
    #expect(writer.counts().dropped == dropped)
    #expect(writer.counts().pendingBytes <= 100)
    system.recover()
    try WriterRegistry.close(writer)
    #expect(contents(path) == String(repeating: "{123456789}\n", count: 8))
  }

  @Test func manyThreadsMayAppend() async throws {
    let path = folder.file("log")
    let writer = try openWriter(path, policy: LogWriter.Policy(interval: 1))
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<8 {
        group.addTask {
          for number in 0..<5000 { _ = writer.code(appending: "{\(thread) \(number)}\n") }
        }
      }
    }
    try WriterRegistry.close(writer)
    var next = [Int](repeating: 0, count: 8)
    for line in contents(path).split(separator: "\n") {
      let parts = line.dropFirst().dropLast().split(separator: " ").compactMap { Int($0) }
      try #require(parts.count == 2)
      #expect(parts[1] == next[parts[0]])
      next[parts[0]] += 1
    }
    #expect(next == [Int](repeating: 5000, count: 8))
  }
}
