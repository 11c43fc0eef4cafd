import Glibc
import MimirBase
import MimirGzip
import MimirIO
import TestSupport
import Testing

@Suite struct GzipRepairTests {
  let folder = TemporaryFolder()

  private func repair(
    _ path: String, system: any Syscalls = RealSyscalls.shared
  ) throws(MimirError) -> RepairReport {
    try GzipRepair.repair(path: path, system: system, isEntry: looksWhole)
  }

  /// A log of several chunks, and a tail.
  private func makeLog(_ path: String, chunks: Int = 4, tail: Int = 300) throws -> [String] {
    let log = try GzipLog(path: path, options: LogFileOptions())
    var lines = Lines(seed: 7)
    var all: [String] = []
    func add(_ count: Int) {
      for _ in 0..<count {
        let line = lines.line(all.count)
        #expect(log.add(line) == nil)
        all.append(line)
      }
    }
    for _ in 0..<chunks {
      add(5000)
      #expect(log.compact() == nil)
    }
    add(tail)
    return all
  }

  private func text(_ lines: [String]) -> [UInt8] { Array(lines.joined().utf8) }

  private func lines(of path: String) throws -> [String] {
    let text = try #require(gunzip(bytes(of: path)))
    return split(text)
  }

  private func split(_ text: [UInt8]) -> [String] {
    text.split(separator: 10).map { String(decoding: $0, as: UTF8.self) + "\n" }
  }

  /// Damages the file, repairs it, and says which lines are left: some of `all`, in their order, and
  /// no more wrong ones than are reported as uncertain.
  private func repaired(
    _ path: String, of all: [String], sourceLocation: SourceLocation = #_sourceLocation,
    damage: (inout [UInt8]) -> Void
  ) throws -> [String] {
    var file = bytes(of: path)
    damage(&file)
    put(file, into: path)
    for name in [".damaged", ".damaged-2"] { unlink(path + name) }
    let report = try repair(path)
    let kept = try lines(of: path)
    #expect(!report.healthy && report.entries == kept.count, sourceLocation: sourceLocation)
    #expect(report.original == path + ".damaged", sourceLocation: sourceLocation)
    #expect(bytes(of: path + ".damaged") == file, sourceLocation: sourceLocation)
    var rest = all[...]
    let known = Set(all)
    #expect(
      kept.filter { !known.contains($0) }.count <= report.uncertain, sourceLocation: sourceLocation)
    for line in kept where known.contains(line) {
      guard let index = rest.firstIndex(of: line) else {
        Issue.record("out of order, or twice: \(line)", sourceLocation: sourceLocation)
        break
      }
      rest = rest[(index + 1)...]
    }
    // A second repair, and an open, find nothing to do.
    #expect(try repair(path).healthy, sourceLocation: sourceLocation)
    let log = try GzipLog(path: path, options: LogFileOptions())
    #expect(log.takeRepairedBytes() == 0, sourceLocation: sourceLocation)
    return kept
  }

  @Test func aHealthyFileIsLeftAlone() throws {
    let path = folder.file("log.gz")
    let all = try makeLog(path)
    let foreign = folder.file("foreign.gz")
    put(ForeignGzip.gzip(text(all)), into: foreign)
    let plain = folder.file("log.jsonl")
    put(text(all), into: plain)
    for path in [path, foreign, plain] {
      let before = bytes(of: path)
      let report = try repair(path)
      #expect(report.healthy && report.entries == all.count && report.original == nil)
      #expect(bytes(of: path) == before)
      #expect(access(path + ".damaged", F_OK) != 0 && access(path + ".repairing", F_OK) != 0)
    }
    let empty = folder.file("empty.gz")
    put([], into: empty)
    #expect(try repair(empty).healthy)
  }

  @Test func aDamagedChunkCostsNoMoreThanItself() throws {
    let path = folder.file("log.gz")
    let all = try makeLog(path)
    let kept = try repaired(path, of: all) { file in
      let middle = file.count / 3
      for index in middle..<(middle + 50) { file[index] = 0xA5 }
    }
    #expect(kept.count >= all.count - 5000)
    #expect(kept.first == all.first && kept.last == all.last)
  }

  @Test func aFileCutShortKeepsItsBeginning() throws {
    for part in [2, 3, 10] {
      let path = folder.file("log\(part).gz")
      let all = try makeLog(path)
      let kept = try repaired(path, of: all) { file in file.removeLast(file.count / part) }
      #expect(kept == Array(all[..<kept.count]))
      #expect(kept.count > all.count * (part - 1) / part - 6000)
    }
  }

  @Test func aDamagedHeaderCostsNothing() throws {
    let path = folder.file("log.gz")
    let all = try makeLog(path)
    for range in [0..<1, 2..<4, 10..<16, 16..<52, 30..<31] {
      unlink(path)
      _ = try makeLog(path)
      let kept = try repaired(path, of: all) { file in
        for index in range { file[index] ^= 0xFF }
      }
      #expect(kept == all, "bytes \(range)")
    }
    // Without any header the first chunk can't be found.
    unlink(path)
    _ = try makeLog(path)
    let kept = try repaired(path, of: all) { file in
      for index in 0..<52 { file[index] = 0 }
    }
    #expect(kept.count >= all.count - 5000)
  }

  @Test func aDamagedTailCostsWhatIsDamaged() throws {
    let path = folder.file("log.gz")
    var all = try makeLog(path, tail: 300)
    let inTail = 5 + all[all.count - 100].utf8.count
    // The text of one entry.
    var kept = try repaired(path, of: all) { file in
      let place = file.count - 13 - 20 * inTail
      let quote = file[place...].firstIndex(of: UInt8(ascii: "\"")) ?? place
      file[quote + 1] = 1
    }
    #expect(kept.count == all.count - 1)
    // The length of a block: its text can be read nevertheless.
    unlink(path)
    all = try makeLog(path, tail: 300)
    kept = try repaired(path, of: all) { file in
      let begin = file[(file.count - 2000)...].firstIndex(of: UInt8(ascii: "{")) ?? 0
      file[begin - 3] ^= 0x40
    }
    #expect(kept == all)
    // A page that never reached the disk.
    unlink(path)
    all = try makeLog(path, tail: 300)
    kept = try repaired(path, of: all) { file in
      let page = (file.count / 4096 - 2) * 4096
      for index in page..<(page + 4096) { file[index] = 0 }
    }
    #expect(kept.count < all.count && kept.count > all.count - 4096 / 30 - 3)
    #expect(kept.last == all.last)
    // The checksum alone.
    unlink(path)
    all = try makeLog(path, tail: 300)
    kept = try repaired(path, of: all) { file in file[file.count - 8] ^= 1 }
    #expect(kept == all)
  }

  /// Each byte of a small log damaged in turn: no entry is lost but the one that was hit, and one
  /// that comes out differently is the one that was hit.
  @Test func anyDamagedByteCostsOneEntryAtMost() throws {
    let path = folder.file("log.gz")
    let all = try makeLog(path, chunks: 0, tail: 40)
    let whole = bytes(of: path)
    let known = Set(all)
    for index in whole.indices {
      var file = whole
      file[index] ^= 0x91
      put(file, into: path)
      let report = try repair(path)
      let kept = try lines(of: path)
      #expect(report.entries == kept.count)
      // A damaged newline makes two lines one.
      let most = whole[index] == 10 ? 2 : 1
      #expect(kept.count >= all.count - most, "byte \(index)")
      #expect(kept.filter { !known.contains($0) }.count <= 1, "byte \(index)")
      if let original = report.original { unlink(original) }
    }
  }

  @Test func filesOfOthersAreSaved() throws {
    let path = folder.file("foreign.gz")
    let all = split(ForeignGzip.lines(20_000))
    put(ForeignGzip.gzip(text(all)), into: path)
    var kept = try repaired(path, of: all) { $0.removeLast($0.count / 4) }
    #expect(kept.count > all.count / 2)

    // One of several members.
    let half = split(ForeignGzip.lines(3000, seed: 9))
    put(ForeignGzip.gzip(text(all)) + ForeignGzip.withEveryField(text(half)), into: path)
    kept = try repaired(path, of: all + half) { $0[$0.count / 3] ^= 0x55 }
    #expect(Array(kept.suffix(half.count)) == half)

    // Stored, as gzlog leaves it.
    put(ForeignGzip.gzlog(text(half)), into: path)
    kept = try repaired(path, of: half) { $0[$0.count / 2] = 2 }
    #expect(kept.count >= half.count - 2)
  }

  @Test func plainLogsKeepTheirWholeLines() throws {
    let path = folder.file("log.jsonl")
    let good = split(ForeignGzip.lines(10))
    let zeros = String(repeating: "\0", count: 5000)
    let damaged =
      good[0] + "{\"torn\":" + good[1] + good[2] + "\n" + zeros + good[3] + "garbage\n" + good[4]
      + "{\"half"
    put(Array(damaged.utf8), into: path)
    let report = try repair(path)
    #expect(bytes(of: path) == text([good[0], good[2], good[3], good[4]]))
    #expect(!report.healthy && report.entries == 4 && report.leftOutLines == 3)
    #expect(report.leftOutBytes == 5000 + 8 + good[1].utf8.count + 8 + 6)
    #expect(report.original == path + ".damaged")
    #expect(bytes(of: path + ".damaged") == Array(damaged.utf8))
    #expect(try repair(path).healthy)

    put(text(good) + Array("{\"x".utf8), into: path)
    #expect(try repair(path).original == path + ".damaged-2")
    #expect(bytes(of: path) == text(good))
    #expect(bytes(of: path + ".damaged") == Array(damaged.utf8))
  }

  @Test func whatHasNoEntryIsLeftAlone() throws {
    for name in ["photo.jpg", "log.gz"] {
      let path = folder.file(name)
      let content = Array("\u{1}\u{2} no log at all\nnot even close\n".utf8)
      put(content, into: path)
      #expect { try repair(path) } throws: { ($0 as? MimirError)?.code == .corrupt }
      #expect(bytes(of: path) == content)
      #expect(access(path + ".damaged", F_OK) != 0 && access(path + ".repairing", F_OK) != 0)
    }
    #expect { try repair(folder.file("none.gz")) } throws: {
      ($0 as? MimirError)?.code == .notFound
    }
  }

  @Test func aLogThatIsBeingWrittenIsRefused() throws {
    for shared in [false, true] {
      let path = folder.file("log\(shared).gz")
      let log = try GzipLog(path: path, options: LogFileOptions(shared: shared))
      #expect(log.add("{\"a\":1}\n") == nil)
      let before = bytes(of: path)
      #expect { try repair(path) } throws: { ($0 as? MimirError)?.code == .locked }
      #expect(bytes(of: path) == before)
      #expect(log.close() == nil)
    }
  }

  /// A compaction that was killed at any of its writes: all is saved, once.
  @Test func anInterruptedCompactionIsFinished() throws {
    for stop in 1...12 {
      let path = folder.file("log\(stop).gz")
      let system = FaultySyscalls()
      let log = try GzipLog(path: path, options: LogFileOptions(), system: system)
      let all = split(ForeignGzip.lines(6000))
      for line in all { #expect(log.add(line) == nil) }
      system.fail(["pwrite", "ftruncate", "unlink"], first: stop, with: .error(EIO))
      _ = log.compact()
      let made = system.calls
      // As a kill leaves it: what the writer would still do, it does to another file.
      let (state, journal) = (bytes(of: path), bytes(of: path + ".journal"))
      let dead = folder.file("dead\(stop).gz")
      put(state, into: dead)
      if !journal.isEmpty { put(journal, into: dead + ".journal") }
      let report = try repair(dead)
      #expect(try lines(of: dead) == all, "call \(stop), \(report)")
      if made < stop { break }
    }
  }

  @Test func noFaultLosesTheFile() throws {
    let path = folder.file("log.gz")
    let all = try makeLog(path, chunks: 2, tail: 20)
    var damaged = bytes(of: path)
    damaged[damaged.count / 3] ^= 0x55
    let calls: Set<String> = [
      "open", "close", "pwrite", "pread", "ftruncate", "fstat", "fdatasync", "fsync", "unlink",
      "rename", "lock",
    ]
    for call in 1... {
      put(damaged, into: path)
      unlink(path + ".damaged")
      let system = FaultySyscalls()
      system.fail(calls, first: call, with: .error(EIO))
      _ = try? repair(path, system: system)
      let count = system.calls
      let files = [path, path + ".damaged"].map { bytes(of: $0) }
      #expect(files.contains(damaged))
      if files[0] != damaged {
        let kept = try lines(of: path)
        #expect(kept.count > all.count / 4 && kept.last == all.last)
      }
      if count < call { break }
    }
  }
}
