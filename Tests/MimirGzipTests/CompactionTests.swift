import Glibc
import MimirBase
import MimirGzip
import MimirIO
import TestSupport
import Testing

/// What happens between the steps of a compaction.
@Suite struct CompactionTests {
  let folder = TemporaryFolder()

  /// A log with a compaction that has begun in place, but is not half done.
  private final class Begun {
    let path: String
    let log: GzipLog
    let system = FaultySyscalls()
    let work: any LogMaintenance
    var text: [UInt8] = []
    var lines = Lines(seed: 11)

    init(_ path: String, lines count: Int = 4000) throws {
      self.path = path
      log = try GzipLog(path: path, options: LogFileOptions(), system: system)
      log.slice = 4096
      for number in 0..<count {
        let line = Array(lines.line(number).utf8)
        text += line
        try #require(log.add(line) == nil)
      }
      work = try #require(log.prepareMaintenance() as (any LogMaintenance)?)
      work.run()
      for _ in 0..<3 { try #require(isMore(step())) }
    }

    func step() -> MaintenanceOutcome { log.finishMaintenance(work) }

    func add(_ count: Int, padding: Int = 0) throws {
      for number in 0..<count {
        let line = Array(lines.line(number, padding: padding).utf8)
        text += line
        try #require(log.add(line) == nil)
      }
    }

    /// Until the compaction has ended; how many steps it took.
    func finish() -> Int {
      for steps in 1... {
        guard isMore(step()) else {
          work.end()
          return steps
        }
      }
      return 0
    }
  }

  private static func isMore(_ outcome: MaintenanceOutcome) -> Bool {
    if case .more = outcome { true } else { false }
  }

  private func read(_ path: String) throws -> [UInt8] {
    let reader = try GzipReader(path: path)
    var text: [UInt8] = []
    while let line = try reader.next() { text += Array(line) + [10] }
    #expect(!reader.report.damaged)
    return text
  }

  /// `flock -n -s` gets the lock that a compaction holds.
  private func readersMayEnter(_ path: String) -> Bool {
    let fd = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(fd) }
    return flock(fd, LOCK_SH | LOCK_NB) == 0
  }

  @Test func appendsAndReadersComeBetweenTheSteps() throws {
    let begun = try Begun(folder.file("log.gz"))
    var steps = 0
    repeat {
      try begun.add(1)
      #expect(try read(begun.path) == begun.text)
      let copy = folder.file("copy.gz")
      try GzipCopy.copy(from: begun.path, to: copy, overwrite: true) { _ in true }
      #expect(gunzip(bytes(of: copy)) == begun.text)
      steps += 1
    } while isMore(begun.step())
    begun.work.end()
    #expect(steps > 5)
    #expect(gunzip(bytes(of: begun.path)) == begun.text)
    #expect(access(begun.path + ".journal", F_OK) != 0)
    #expect(readersMayEnter(begun.path))
  }

  private func isMore(_ outcome: MaintenanceOutcome) -> Bool { Self.isMore(outcome) }

  /// The rest of the tail would run over itself: the append finishes the compaction first.
  @Test func anAppendThatNeedsTheRoomFinishesTheCompaction() throws {
    let begun = try Begun(folder.file("log.gz"))
    #expect(!readersMayEnter(begun.path))
    try begun.add(1, padding: 400_000)
    #expect(gunzip(bytes(of: begun.path)) == begun.text)
    #expect(readersMayEnter(begun.path))
    try begun.add(10)
    #expect(begun.finish() == 1)
    #expect(gunzip(bytes(of: begun.path)) == begun.text)
    #expect(access(begun.path + ".journal", F_OK) != 0)
  }

  /// Each call of the remaining steps fails for a while; entries wait as they do for any failing file.
  @Test(arguments: ["pwrite", "pread", "ftruncate"])
  func aStepThatFailsIsRepeated(call: String) throws {
    for number in 1... {
      let path = folder.file("log-\(number).gz")
      let begun = try Begun(path)
      begun.system.fail([call], first: number, last: .max, with: .error(EIO))
      let steps = begun.finish()
      let failed = begun.system.calls >= number
      // Whoever reads now reads it all, and is not locked out.
      if failed {
        #expect(readersMayEnter(path), "call \(number), step \(steps)")
        #expect(try read(path) == begun.text, "call \(number), step \(steps)")
      }
      begun.system.recover()
      try begun.add(5)
      #expect(readersMayEnter(path))
      #expect(begun.log.compact() == nil)
      #expect(begun.log.close() == nil)
      #expect(gunzip(bytes(of: path)) == begun.text)
      #expect(access(path + ".journal", F_OK) != 0)
      if !failed {
        #expect(number > (call == "ftruncate" ? 1 : 5))
        break
      }
    }
  }

  /// What fails while the file is being cut cuts it all: that ends the compaction for readers too.
  @Test func anAppendThatFailsWhileTheFileIsCutLetsReadersIn() throws {
    let begun = try Begun(folder.file("log.gz"), lines: 120_000)
    begun.log.slice = 1 << 20
    let whole = bytes(of: begun.path).count
    repeat { try #require(isMore(begun.step())) } while bytes(of: begun.path).count == whole
    #expect(!readersMayEnter(begun.path))
    begun.system.fail(["pwrite"], first: 1, last: 1, with: .error(ENOSPC))
    #expect(begun.log.add("{}\n") != nil)
    begun.system.recover()
    #expect(gunzip(bytes(of: begun.path)) == begun.text)
    #expect(readersMayEnter(begun.path))
    #expect(begun.finish() == 1)
    #expect(readersMayEnter(begun.path))
  }

  @Test func closingFinishesIt() throws {
    let begun = try Begun(folder.file("log.gz"))
    try begun.add(3)
    #expect(begun.log.close() == nil)
    #expect(gunzip(bytes(of: begun.path)) == begun.text)
    #expect(readersMayEnter(begun.path))
  }

  /// A log that is deleted meanwhile is made anew with what came last, and is not compacted by what
  /// belongs to the old one.
  @Test func aLogThatIsDeletedMeanwhileIsMadeAnew() throws {
    let begun = try Begun(folder.file("log.gz"))
    #expect(begun.log.verify() == nil)
    unlink(begun.path)
    begun.text = []
    try begun.add(20)
    #expect(begun.log.verify() == nil)
    #expect(begun.finish() == 1)
    #expect(gunzip(bytes(of: begun.path)) == begun.text)
    try begun.add(2000)
    #expect(begun.log.compact() == nil)
    #expect(begun.log.close() == nil)
    #expect(gunzip(bytes(of: begun.path)) == begun.text)
  }

  /// The cut of what lies behind the new end is put off, and appends come first.
  @Test func theFileIsCutALittleAtATime() throws {
    let begun = try Begun(folder.file("log.gz"), lines: 120_000)
    begun.log.slice = 1 << 20
    var sizes: Set<Int> = []
    while isMore(begun.step()) {
      sizes.insert(bytes(of: begun.path).count / (2 << 20))
      try begun.add(1)
      #expect(try read(begun.path).count == begun.text.count)
    }
    begun.work.end()
    #expect(sizes.count > 1)
    #expect(gunzip(bytes(of: begun.path)) == begun.text)
  }

  /// Text that does not get smaller stays as it is, and nothing is tried for ever.
  @Test func whatDoesNotGetSmallerIsLeftAlone() throws {
    let path = folder.file("log.gz")
    let log = try GzipLog(path: path, options: LogFileOptions())
    var lines = Lines()
    var text: [UInt8] = []
    for _ in 0..<60 {
      var line = (0..<10_000).map { _ in UInt8(truncatingIfNeeded: lines.random()) | 0x80 }
      line.append(10)
      text += line
      #expect(log.add(line) == nil)
    }
    #expect(log.compact() == nil)
    #expect(log.close() == nil)
    #expect(gunzip(bytes(of: path)) == text)
  }
}
