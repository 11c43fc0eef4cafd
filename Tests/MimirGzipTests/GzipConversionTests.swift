import Glibc
import MimirBase
import MimirGzip
import MimirIO
import TestSupport
import Testing

@Suite struct GzipConversionTests {
  let folder = TemporaryFolder()

  private func convert(
    _ path: String, durable: Bool = false, system: any Syscalls = RealSyscalls.shared,
    isEntry: ((UnsafeRawBufferPointer) -> Bool)? = looksWhole
  ) throws(MimirError) -> Int {
    try GzipConversion.convert(path: path, durable: durable, system: system, isEntry: isEntry)
  }

  /// That the file is a log of ours with this text, to which can be appended.
  private func expectLog(
    _ path: String, _ text: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = bytes(of: path)
    #expect(gunzip(file) == text, sourceLocation: sourceLocation)
    #expect(
      file.starts(with: [0x1F, 0x8B, 8, 4]) && file.count > 52, sourceLocation: sourceLocation)
    #expect(Array(file[12..<14]) == Array("MI".utf8), sourceLocation: sourceLocation)
    let log = try GzipLog(path: path, options: LogFileOptions())
    #expect(log.add("{\"more\":1}\n") == nil, sourceLocation: sourceLocation)
    #expect(log.close() == nil, sourceLocation: sourceLocation)
    let more = text + Array("{\"more\":1}\n".utf8)
    #expect(gunzip(bytes(of: path)) == more, sourceLocation: sourceLocation)
  }

  @Test func filesOfOthersAreTakenOver() throws {
    let text = ForeignGzip.lines(3000)
    let half = Array("{\"half\":1}\n".utf8)
    let files: [[UInt8]] = [
      ForeignGzip.gzip(text),
      ForeignGzip.gzip(text, level: 0),
      ForeignGzip.withEveryField(text),
      ForeignGzip.gzlog(text),
      ForeignGzip.gzip(text) + [0, 0, 0, 0, 0, 0],
      ForeignGzip.gzip([]) + ForeignGzip.gzip(text) + ForeignGzip.gzip([]),
    ]
    for (number, file) in files.enumerated() {
      let path = folder.file("log\(number).gz")
      put(file, into: path)
      #expect(try convert(path) == 0)
      try expectLog(path, text)
    }
    let path = folder.file("members.gz")
    put(ForeignGzip.gzip(text) + ForeignGzip.withEveryField(half), into: path)
    #expect(try convert(path) == 0)
    try expectLog(path, text + half)
  }

  @Test func chunksAreOfWholeLinesAndSmall() throws {
    let text = ForeignGzip.lines(40_000)
    let path = folder.file("log.gz")
    put(ForeignGzip.gzip(text), into: path)
    #expect(try convert(path, durable: true) == 0)
    let file = bytes(of: path)
    var chunks = 0
    for index in 52..<(file.count - 4) where file[index..<(index + 4)] == [0, 0, 0xFF, 0xFF] {
      chunks += 1
    }
    #expect(chunks >= text.count / (300 << 10))
    #expect(file.count < text.count / 3)
    try expectLog(path, text)
  }

  @Test func aLineLongerThanAChunkStaysWhole() throws {
    let long =
      Array("{\"pad\":\"".utf8) + [UInt8](repeating: 120, count: 3 << 20) + Array("\"}\n".utf8)
    let text = ForeignGzip.lines(10) + long + ForeignGzip.lines(10, seed: 2)
    let path = folder.file("log.gz")
    put(ForeignGzip.gzip(text), into: path)
    #expect(try convert(path) == 0)
    try expectLog(path, text)
  }

  @Test func theLastLineIsEndedOrCut() throws {
    let text = ForeignGzip.lines(5)
    let path = folder.file("log.gz")
    put(ForeignGzip.gzip(text.dropLast()), into: path)
    #expect(try convert(path) == 0)
    try expectLog(path, text)

    put(ForeignGzip.gzip(text + Array("{\"torn\":".utf8)), into: path)
    #expect(try convert(path) == 8)
    try expectLog(path, text)
  }

  @Test func textThatIsNoLogKeepsItsEnd() throws {
    let text = Array("one\ntwo".utf8)
    let path = folder.file("notes.gz")
    put(ForeignGzip.gzip(text), into: path)
    let before = bytes(of: path)
    #expect(throws: MimirError.self) { try convert(path) }
    #expect(bytes(of: path) == before)
    #expect(try convert(path, isEntry: nil) == 0)
    #expect(gunzip(bytes(of: path)) == text)
  }

  @Test func damagedFilesAreRefusedAndLeftAlone() throws {
    let whole = ForeignGzip.gzip(ForeignGzip.lines(1000))
    var wrongCRC = whole
    wrongCRC[whole.count - 6] ^= 1
    var flipped = whole
    flipped[whole.count / 2] ^= 0x10
    let damaged: [[UInt8]] = [
      wrongCRC, flipped, Array(whole[..<(whole.count - 1)]), Array(whole[..<(whole.count / 2)]),
      Array(whole[..<5]), whole + Array("garbage".utf8), whole + whole[..<30],
    ]
    for (number, file) in damaged.enumerated() {
      let path = folder.file("damaged\(number).gz")
      put(file, into: path)
      do {
        _ = try convert(path)
        Issue.record("file \(number) was converted")
      } catch {
        #expect(error.code == .corrupt)
        #expect(error.message.contains("mimir repair"))
      }
      #expect(bytes(of: path) == file)
      #expect(access(path + ".converting", F_OK) != 0)
    }
  }

  @Test func whatIsNoGzipIsRefused() throws {
    for (number, text) in ["{\"a\":1}\n", "x", "PK\u{3}\u{4}"].enumerated() {
      let path = folder.file("other\(number).gz")
      put(Array(text.utf8), into: path)
      do {
        _ = try convert(path)
        Issue.record("\(text) was converted")
      } catch {
        #expect(error.code == .corrupt)
        #expect(error.message.contains("is not a gzip file"))
      }
      #expect(bytes(of: path) == Array(text.utf8))
    }
  }

  @Test func permissionsAndLinksStay() throws {
    let path = folder.file("log.gz")
    let link = folder.file("link.gz")
    put(ForeignGzip.gzip(ForeignGzip.lines(3)), into: path)
    chmod(path, 0o640)
    #expect(symlink(path, link) == 0)
    #expect(try convert(link) == 0)
    var status = stat()
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
    try expectLog(path, ForeignGzip.lines(3))
  }

  @Test func leftoversAreReplaced() throws {
    let path = folder.file("log.gz")
    let text = ForeignGzip.lines(3)
    put(ForeignGzip.gzip(text), into: path)
    put([UInt8](repeating: 1, count: 100_000), into: path + ".converting")
    #expect(try convert(path) == 0)
    #expect(access(path + ".converting", F_OK) != 0)
    try expectLog(path, text)
  }

  /// A journal of a log that had the name before must not be redone over the new one.
  @Test func aJournalOfAnotherLogIsNotRedone() throws {
    let path = folder.file("log.gz")
    let old = try GzipLog(path: path, options: LogFileOptions())
    for number in 0..<4000 { #expect(old.add("{\"old\":\(number)}\n") == nil) }
    let work = try #require(old.prepareMaintenance())
    work.run()
    let pending = bytes(of: path + ".journal")
    try #require(pending.count > 1000)

    let text = ForeignGzip.lines(3)
    put(ForeignGzip.gzip(text), into: folder.file("new.gz"))
    put(pending, into: folder.file("new.gz.journal"))
    #expect(try convert(folder.file("new.gz")) == 0)
    // Also if a kill came before its removal.
    put(pending, into: folder.file("new.gz.journal"))
    try expectLog(folder.file("new.gz"), text)
  }

  /// Each system call fails once, and from then on: the file is the original, or the whole new one.
  @Test(arguments: [EIO, ENOSPC, EINTR], [false, true])
  func noFaultDamagesTheOriginal(number: Int32, forGood: Bool) throws {
    let calls: Set<String> = [
      "open", "close", "pwrite", "pread", "ftruncate", "fstat", "fdatasync", "fsync", "unlink",
      "rename",
    ]
    // For good, an interrupted call would be tried for ever.
    if number == EINTR && forGood { return }
    let text = ForeignGzip.lines(6000)
    let original = ForeignGzip.gzip(text)
    let path = folder.file("log.gz")
    var failures = 0
    for call in 1... {
      put(original, into: path)
      unlink(path + ".converting")
      let system = FaultySyscalls()
      system.fail(calls, first: call, last: forGood ? .max : call, with: .error(number))
      do {
        _ = try convert(path, durable: true, system: system)
      } catch {
        failures += 1
      }
      let count = system.calls
      system.recover()
      let after = bytes(of: path)
      #expect(after == original || gunzip(after) == text)
      // And it can be converted, or appended to, from there.
      if after == original { #expect(try convert(path) == 0) }
      #expect(gunzip(bytes(of: path)) == text)
      if count < call { break }
    }
    #expect(failures > 3 || number == EINTR)
  }

  @Test func shortWritesGoOn() throws {
    let text = ForeignGzip.lines(2000)
    let path = folder.file("log.gz")
    put(ForeignGzip.gzip(text), into: path)
    let system = FaultySyscalls()
    system.fail(["pwrite"], first: 1, last: 1, with: .short(100, then: ENOSPC))
    #expect(throws: MimirError.self) { try convert(path, system: system) }
    #expect(gunzipMember(bytes(of: path)).text == text)
    system.fail(["pwrite"], first: 1, last: 1, with: .short(100, then: EINTR))
    #expect(try convert(path, system: system) == 0)
    try expectLog(path, text)
  }
}
