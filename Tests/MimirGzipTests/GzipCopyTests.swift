import Glibc
import MimirBase
import MimirGzip
import MimirIO
import Synchronization
import TestSupport
import Testing

@Suite struct GzipCopyTests {
  let folder = TemporaryFolder()

  private func copy(
    _ source: String, _ target: String, overwrite: Bool = false,
    system: any Syscalls = RealSyscalls.shared
  ) throws(MimirError) {
    try GzipCopy.copy(
      from: source, to: target, overwrite: overwrite, system: system, isEntry: looksWhole)
  }

  private func code(_ source: String, _ target: String, overwrite: Bool = false)
    -> MimirError.Code?
  {
    do {
      try copy(source, target, overwrite: overwrite)
      return nil
    } catch {
      return error.code
    }
  }

  @Test func aCopyIsALogOfItsOwn() throws {
    let (path, target) = (folder.file("log.gz"), folder.file("copy.gz"))
    let log = try GzipLog(path: path, options: LogFileOptions())
    var lines = Lines()
    var text: [UInt8] = []
    for round in 0..<4 {
      try copy(path, target, overwrite: true)
      #expect(gunzip(bytes(of: target)) == text)
      let again = try GzipLog(path: target, options: LogFileOptions())
      #expect(again.takeRepairedBytes() == 0)
      #expect(again.add("{\"more\":1}\n") == nil && again.compact() == nil)
      #expect(gunzip(bytes(of: target)) == text + Array("{\"more\":1}\n".utf8))
      #expect(again.close() == nil)
      for number in 0..<4000 {
        let line = lines.line(round * 4000 + number)
        #expect(log.add(line) == nil)
        text += Array(line.utf8)
      }
      if round % 2 == 1 { #expect(log.compact() == nil) }
    }
    // The source is as it was.
    #expect(gunzip(bytes(of: path)) == text)
  }

  /// Copies of a log that is written, compacted, and whose blocks cross pages: each is valid, and
  /// holds a prefix of whole entries that is not shorter than what was there when it began.
  @Test func copiesOfALiveLogAreExact() throws {
    let (path, target) = (folder.file("log.gz"), folder.file("copy.gz"))
    let written = Progress()
    let log = try GzipLog(path: path, options: LogFileOptions())
    let thread = try #require(
      Worker {
        var lines = Lines(seed: 3)
        var number = 0
        while !written.stopped.load(ordering: .relaxed) {
          let line = lines.line(number, padding: number % 97 == 0 ? 9000 : number % 50)
          if log.add(line) != nil { written.failures.add(1, ordering: .relaxed) }
          number += 1
          // Enough to meet every state, and little enough to check it all each time.
          usleep(number < 3000 ? 0 : 500)
          written.bytes.add(line.utf8.count, ordering: .releasing)
          if number % 500 == 0, log.compact() != nil {
            written.failures.add(1, ordering: .relaxed)
          }
        }
      })
    var last = 0
    for _ in 0..<200 {
      let acknowledged = written.bytes.load(ordering: .acquiring)
      try copy(path, target, overwrite: true)
      let text = try #require(gunzip(bytes(of: target)))
      #expect(text.count >= acknowledged && text.count >= last)
      #expect(text.isEmpty || text.last == 10)
      last = text.count
    }
    written.stopped.store(true, ordering: .relaxed)
    thread.join()
    #expect(written.failures.load(ordering: .relaxed) == 0)
    let whole = try #require(gunzip(bytes(of: path)))
    let text = try #require(gunzip(bytes(of: target)))
    #expect(last > 0 && whole.starts(with: text))
  }

  /// A source whose writer was killed, wherever in a compaction or an append.
  @Test func aKilledSourceIsReadThrough() throws {
    let text = ForeignGzip.lines(6000)
    for stop in 1...12 {
      let path = folder.file("log\(stop).gz")
      let system = FaultySyscalls()
      let log = try GzipLog(path: path, options: LogFileOptions(), system: system)
      #expect(log.add(text) == nil)
      system.fail(["pwrite", "ftruncate", "unlink"], first: stop, with: .error(EIO))
      _ = log.compact()
      let dead = folder.file("dead\(stop).gz")
      put(bytes(of: path), into: dead)
      let journal = bytes(of: path + ".journal")
      if !journal.isEmpty { put(journal, into: dead + ".journal") }
      try copy(dead, dead + ".copy.gz")
      #expect(gunzip(bytes(of: dead + ".copy.gz")) == text, "call \(stop)")
      if system.calls < stop { break }
    }
    // Torn in the last append.
    let path = folder.file("torn.gz")
    let log = try GzipLog(path: path, options: LogFileOptions())
    #expect(log.add(text) == nil && log.add("{\"last\":1}\n") == nil)
    let whole = bytes(of: path)
    for cut in 1..<30 {
      put(Array(whole.dropLast(cut)), into: folder.file("cut.gz"))
      try copy(folder.file("cut.gz"), folder.file("copy.gz"), overwrite: true)
      let kept = try #require(gunzip(bytes(of: folder.file("copy.gz"))))
      #expect(kept == text || kept == text + Array("{\"last\":1}\n".utf8))
    }
  }

  @Test func plainLogsAreCopiedUpToTheLastWholeLine() throws {
    let (path, target) = (folder.file("log.jsonl"), folder.file("copy.jsonl"))
    let cases: [(String, String)] = [
      ("", ""), ("{\"a\":1}\n", "{\"a\":1}\n"), ("{\"a\":1}\n{\"b\":", "{\"a\":1}\n"),
      ("{\"a\":1}\n{\"b\":2}", "{\"a\":1}\n{\"b\":2}\n"), ("{\"b\":", ""),
    ]
    for (text, wanted) in cases {
      put(Array(text.utf8), into: path)
      try copy(path, target, overwrite: true)
      #expect(bytes(of: target) == Array(wanted.utf8))
    }
    let long = ForeignGzip.lines(60_000)
    put(long + Array("{\"torn".utf8), into: path)
    try copy(path, target, overwrite: true)
    #expect(bytes(of: target) == long)
  }

  @Test func otherGzipFilesAreCopiedAsTheyAre() throws {
    let file = ForeignGzip.gzip(ForeignGzip.lines(100))
    put(file, into: folder.file("foreign.gz"))
    try copy(folder.file("foreign.gz"), folder.file("copy.gz"))
    #expect(bytes(of: folder.file("copy.gz")) == file)
    // A log that is just being made is an empty one.
    put([], into: folder.file("new.gz"))
    try copy(folder.file("new.gz"), folder.file("new-copy.gz"))
    #expect(gunzip(bytes(of: folder.file("new-copy.gz"))) == [])
  }

  @Test func theTargetIsSafe() throws {
    let (path, target) = (folder.file("log.gz"), folder.file("target.gz"))
    let log = try GzipLog(path: path, options: LogFileOptions())
    #expect(log.add("{\"a\":1}\n") == nil)
    put([1, 2, 3], into: target)
    #expect(code(path, target) == .exists)
    #expect(bytes(of: target) == [1, 2, 3])
    #expect(code(path, target, overwrite: true) == nil)
    #expect(gunzip(bytes(of: target)) == Array("{\"a\":1}\n".utf8))
    // Onto itself, also by another name.
    #expect(symlink(path, folder.file("link.gz")) == 0)
    for name in [path, folder.file("link.gz")] {
      #expect(code(path, name, overwrite: true) == .invalidArgument)
    }
    // Onto a log that is being written.
    let other = try GzipLog(path: folder.file("other.gz"), options: LogFileOptions())
    #expect(code(path, folder.file("other.gz"), overwrite: true) == .locked)
    #expect(other.add("{\"b\":1}\n") == nil)
    #expect(code(path, folder.path, overwrite: true) != nil)
    #expect(code(path, folder.file("no/such/folder.gz")) == .notFound)
    #expect(code(folder.file("none.gz"), folder.file("x.gz")) == .notFound)
    #expect(code(path, folder.file("nul\0.gz")) == .invalidArgument)
    var left = 0
    if let directory = opendir(folder.path) {
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name.contains(".copying") { left += 1 }
      }
      closedir(directory)
    }
    #expect(left == 0)
  }

  @Test func aDamagedLogIsNotCopied() throws {
    let path = folder.file("log.gz")
    let log = try GzipLog(path: path, options: LogFileOptions())
    #expect(log.add(ForeignGzip.lines(6000)) == nil && log.compact() == nil)
    #expect(log.add("{\"a\":1}\n") == nil && log.close() == nil)
    let whole = bytes(of: path)
    var header = whole
    header[20] ^= 1
    for file in [header, Array(whole[..<(whole.count / 2)])] {
      put(file, into: path)
      #expect(code(path, folder.file("copy.gz")) == .corrupt)
      #expect(access(folder.file("copy.gz"), F_OK) != 0)
    }
  }

  @Test func aFaultLeavesNoTarget() throws {
    let path = folder.file("log.gz")
    let target = folder.file("copy.gz")
    let log = try GzipLog(path: path, options: LogFileOptions())
    let text = ForeignGzip.lines(6000)
    #expect(log.add(text) == nil && log.compact() == nil && log.add("{\"a\":1}\n") == nil)
    let calls: Set<String> = ["open", "pwrite", "pread", "fstat", "unlink", "rename", "lock"]
    for call in 1... {
      unlink(target)
      let system = FaultySyscalls()
      system.fail(calls, first: call, last: call, with: .error(EIO))
      try? copy(path, target, system: system)
      let count = system.calls
      let made = bytes(of: target)
      #expect(made.isEmpty || gunzip(made) == text + Array("{\"a\":1}\n".utf8))
      if count < call { break }
    }
  }
}

/// What a thread has done so far.
final class Progress: Sendable {
  let bytes = Atomic<Int>(0)
  let failures = Atomic<Int>(0)
  let stopped = Atomic<Bool>(false)
}

/// A thread to be joined.
struct Worker {
  private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  private let thread: pthread_t

  init?(_ run: @escaping () -> Void) {
    let body = Unmanaged.passRetained(Body(run))
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, body.toOpaque())
    guard result == 0 else { return nil }
    self.thread = thread
  }

  func join() { pthread_join(thread, nil) }
}
