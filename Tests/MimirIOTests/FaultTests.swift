import Glibc
import MimirBase
import MimirIO
import TestSupport
import Testing

/// Each system call of a run is made to fail, one after the other.
@Suite struct FaultTests {
  let folder = TemporaryFolder()

  private func line(_ number: Int) -> String {
    // Of different lengths, so that short writes cut at different places.
    "{\(number) " + String(repeating: "x", count: number * 7 % 50) + "}\n"
  }

  private func expected(_ numbers: ClosedRange<Int>) -> String { numbers.map(line).joined() }

  @Test(arguments: [ENOSPC, EIO, EDQUOT, EINTR], [1, 3, Int.max])
  func noEntryIsLostToFailingWrites(number: Int32, streak: Int) throws {
    for first in 1...20 {
      let path = folder.file("log-\(number)-\(streak)-\(first)")
      let system = FaultySyscalls()
      let writer = try openWriter(path, system: system)
      // EINTR for ever would be retried for ever.
      let last = number == EINTR ? first : (streak == .max ? .max : first + streak - 1)
      system.fail(["write"], first: first, last: last, with: .error(number))
      var failures = 0
      for entry in 1...20 where writer.code(appending: line(entry)) != nil { failures += 1 }
      #expect((failures > 0) == (number != EINTR))
      system.recover()
      try WriterRegistry.close(writer)
      #expect(contents(path) == expected(1...20))
      #expect(writer.counts().pendingEntries == 0)
      #expect(writer.counts().recovered >= (number == EINTR ? 0 : 1))
    }
  }

  @Test(arguments: [1, 5, 12], [false, true])
  func aShortWriteLeavesNoTornLine(part: Int, shared: Bool) throws {
    for first in 1...10 {
      let path = folder.file("log-\(part)-\(shared)-\(first)")
      let system = FaultySyscalls()
      let writer = try openWriter(path, LogFileOptions(shared: shared), system: system)
      system.fail(["write"], first: first, last: first, with: .short(part, then: ENOSPC))
      for entry in 1...10 {
        let code = writer.code(appending: line(entry))
        #expect(code == nil || code == .noSpace)
        let text = contents(path)
        #expect(text.isEmpty || text.hasSuffix("}\n"))
      }
      try WriterRegistry.close(writer)
      #expect(contents(path) == expected(1...10))
    }
  }

  @Test func aShortWriteThatCanNotBeCutBackIsMendedLater() throws {
    let path = folder.file("log")
    let system = FaultySyscalls()
    let writer = try openWriter(path, system: system)
    try writer.append(line(1))
    system.fail(["write", "ftruncate"], first: 1, last: 3, with: .short(4, then: EIO))
    #expect(writer.code(appending: line(2)) == .io)
    system.recover()
    try writer.append(line(3))
    try WriterRegistry.close(writer)
    #expect(contents(path) == expected(1...3))
  }

  @Test func shortWritesWithoutAnErrorGoOn() throws {
    let path = folder.file("log")
    let system = FaultySyscalls()
    let writer = try openWriter(path, system: system)
    // EINTR after each part: the call is repeated.
    system.fail(["write"], first: 1, last: 1, with: .short(3, then: EINTR))
    try writer.append(line(1))
    try WriterRegistry.close(writer)
    #expect(contents(path) == expected(1...1))
  }

  @Test func whatDoesNotFitIsDroppedAndCounted() throws {
    let path = folder.file("log")
    let system = FaultySyscalls()
    let writer = try openWriter(path, policy: LogWriter.Policy(maxPending: 20), system: system)
    system.fail(["write"], first: 1, with: .error(ENOSPC))
    #expect(writer.code(appending: "{123456789}\n") == .noSpace)
    #expect(writer.code(appending: "{123456789}\n") == .dropped)
    #expect(writer.counts().dropped == 1)
    system.recover()
    try writer.append("{123456789}\n")
    try WriterRegistry.close(writer)
    #expect(contents(path) == "{123456789}\n{123456789}\n")
  }

  @Test func aFailedSyncLasts() throws {
    let path = folder.file("log")
    let system = FaultySyscalls()
    let writer = try openWriter(path, LogFileOptions(durable: true), system: system)
    try writer.append(line(1))
    system.fail(["fdatasync"], first: 1, last: 1, with: .error(EIO))
    #expect(writer.code(appending: line(2)) == .io)
    // The system would now say that all is well, which nobody can know.
    #expect(writer.code(appending: line(3)) == .io)
    #expect(throws: MimirError.self) { try WriterRegistry.close(writer) }
    #expect(contents(path) == expected(1...3))
  }

  @Test func everyCallOfOpeningMayFail() throws {
    let calls: Set<String> = ["open", "fstat", "ftruncate", "lock", "pread", "fdatasync", "fsync"]
    var reached = 0
    for first in 1...40 {
      let path = folder.file("log-\(first)")
      put("{1}\n{torn", into: path)
      let system = FaultySyscalls()
      system.fail(calls, first: first, last: first, with: .error(EIO))
      do {
        let writer = try openWriter(path, LogFileOptions(durable: true), system: system)
        system.recover()
        if system.calls < first { continue }
        try WriterRegistry.close(writer)
      } catch {
        reached += 1
        #expect(error.code == .io)
      }
      system.recover()
      // Nothing is kept open or locked, and nothing whole is lost.
      let writer = try openWriter(path)
      try WriterRegistry.close(writer)
      #expect(contents(path) == "{1}\n")
    }
    #expect(reached >= 6)
  }
}
