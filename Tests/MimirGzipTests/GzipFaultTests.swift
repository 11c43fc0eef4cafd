import Glibc
import MimirBase
import MimirGzip
import MimirIO
import TestSupport
import Testing

/// Each system call of a run that compacts is made to fail, once and for good.
@Suite struct GzipFaultTests {
  let folder = TemporaryFolder()

  private static let calls: Set<String> = [
    "open", "close", "pwrite", "pread", "ftruncate", "fstat", "fdatasync", "fsync", "flock",
    "unlink",
  ]

  private struct Outcome {
    var failures = 0
    var calls = 0
  }

  /// Logs as the writer above does: what is refused waits and goes first the next time.
  private func run(
    _ name: String, first: Int, last: Int, _ fault: FaultySyscalls.Fault, durable: Bool
  ) throws -> Outcome {
    let path = folder.file(name)
    unlink(path)
    unlink(path + ".journal")
    let system = FaultySyscalls()
    let log = try GzipLog(path: path, options: LogFileOptions(durable: durable), system: system)
    system.fail(Self.calls, first: first, last: last, with: fault)
    var outcome = Outcome()
    var lines = Lines(seed: UInt64(first))
    var text: [UInt8] = []
    var waiting: [UInt8] = []
    for number in 0..<40 {
      waiting += Array(lines.line(number, padding: number % 5 == 0 ? 4500 : 40).utf8)
      let result = waiting.withUnsafeBytes { log.append($0) }
      text += waiting[..<result.accepted]
      waiting.removeFirst(result.accepted)
      if result.error != nil { outcome.failures += 1 }
      if number % 12 == 11, log.compact() != nil { outcome.failures += 1 }
      // While a compaction can't be finished, the journal stands in for the file.
      if access(path + ".journal", F_OK) != 0 {
        let (inFile, _) = gunzipMember(bytes(of: path))
        try #require(inFile == text, "\(name): not valid after entry \(number)")
      }
    }
    outcome.calls = system.calls
    system.recover()
    // With a failed sync, which lasts, the log has to be opened anew.
    if log.close() == nil, waiting.isEmpty { try #require(gunzip(bytes(of: path)) == text) }
    let reopened = try GzipLog(path: folder.file("other"), options: LogFileOptions())
    #expect(reopened.close() == nil)
    return try check(path, text, waiting, outcome)
  }

  private func check(
    _ path: String, _ text: [UInt8], _ waiting: [UInt8], _ outcome: Outcome
  ) throws -> Outcome {
    // The first log object still holds the lock; a copy of the file is what a new process finds.
    let copy = path + "-copy"
    put(bytes(of: path), into: copy)
    unlink(copy + ".journal")
    if access(path + ".journal", F_OK) == 0 {
      put(bytes(of: path + ".journal"), into: copy + ".journal")
    }
    let log = try GzipLog(path: copy, options: LogFileOptions())
    try #require(waiting.withUnsafeBytes { log.append($0) }.error == nil)
    try #require(log.close() == nil)
    try #require(gunzip(bytes(of: copy)) == text + waiting)
    return outcome
  }

  @Test(arguments: [false, true])
  func everyCallMayFailOnce(durable: Bool) throws {
    var reported = 0
    for fault in [FaultySyscalls.Fault.error(EIO), .error(ENOSPC), .short(100, then: ENOSPC)] {
      var first = 1
      while true {
        let outcome = try run("once-\(durable)", first: first, last: first, fault, durable: durable)
        if outcome.calls < first { break }
        reported += outcome.failures > 0 ? 1 : 0
        first += 1
      }
      #expect(first > 60)
    }
    #expect(reported > 60)
  }

  @Test(arguments: [false, true])
  func everyCallMayFailForGood(durable: Bool) throws {
    for fault in [FaultySyscalls.Fault.error(EIO), .error(ENOSPC)] {
      for first in stride(from: 1, through: 160, by: 3) {
        _ = try run("ever-\(durable)", first: first, last: .max, fault, durable: durable)
      }
    }
  }

  @Test func interruptedCallsAreRepeated() throws {
    for first in 1...80 {
      let outcome = try run("eintr", first: first, last: first, .error(EINTR), durable: true)
      // close() is not repeated, and flock() and unlink() are never interrupted.
      #expect(outcome.failures <= 1)
    }
  }
}
