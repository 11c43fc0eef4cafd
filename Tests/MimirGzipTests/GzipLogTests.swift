import Glibc
import MimirBase
import MimirGzip
import MimirIO
import Testing

@Suite struct GzipLogTests {
  let folder = TemporaryFolder()

  @Test func aNewLogIsAValidEmptyMember() throws {
    let path = folder.file("log.gz")
    let log = try GzipLog(path: path, options: LogFileOptions())
    #expect(gunzip(bytes(of: path)) == [])
    #expect(log.close() == nil)
    #expect(gunzip(bytes(of: path)) == [])
  }

  /// Every offset of the end within a page × sizes from 1 byte to 64 KiB and more: complete and valid
  /// after each append, and the end never straddles a border.
  @Test(arguments: [1, 2, 5, 13, 60, 700, 4083, 4096, 65_535, 65_536, 200_000])
  func isValidAfterEveryAppend(size: Int) throws {
    let path = folder.file("log.gz")
    let log = try GzipLog(path: path, options: LogFileOptions())
    var text: [UInt8] = []
    var lines = Lines(seed: UInt64(size))
    let steps = size < 5000 ? 400 : 30
    for step in 0..<steps {
      // Sizes around the one asked for move the end through the page.
      let count = max(1, size + (step % 7) - 3)
      let line = (0..<count).map { _ in UInt8(97 + lines.random() % 26) }.dropLast() + [10]
      #expect(log.add(Array(line)) == nil)
      text += line
      let file = bytes(of: path)
      try #require(gunzip(file) == text)
      let end = file.count - 13
      #expect(end / 4096 == (file.count - 1) / 4096)
    }
  }

  @Test func compactionKeepsTheTextAndShrinksTheFile() throws {
    let path = folder.file("log.gz")
    let log = try GzipLog(path: path, options: LogFileOptions())
    var lines = Lines()
    var text = ""
    for round in 0..<5 {
      for number in 0..<3000 {
        let line = lines.line(round * 3000 + number)
        #expect(log.add(line) == nil)
        text += line
      }
      let before = bytes(of: path).count
      #expect(log.compact() == nil)
      let file = bytes(of: path)
      #expect(file.count < before)
      try #require(gunzip(file) == Array(text.utf8))
      #expect(access(path + ".journal", F_OK) != 0)
    }
    #expect(log.close() == nil)
    #expect(gunzip(bytes(of: path)) == Array(text.utf8))
  }

  @Test func appendsDuringACompactionAreKept() throws {
    let path = folder.file("log.gz")
    let log = try GzipLog(path: path, options: LogFileOptions())
    var lines = Lines()
    var text = ""
    func add(_ count: Int) throws {
      for number in 0..<count {
        let line = lines.line(number, padding: number % 300)
        try #require(log.add(line) == nil)
        text += line
      }
    }
    for _ in 0..<4 {
      try add(2000)
      let work = try #require(log.prepareMaintenance())
      try add(500)
      work.run()
      try add(500)
      #expect(log.finish(work) == nil)
      try #require(gunzip(bytes(of: path)) == Array(text.utf8))
    }
  }

  /// More is appended during the compression than may move at once: it is compressed too.
  @Test func aCompactionCatchesUp() throws {
    let path = folder.file("log.gz")
    let log = try GzipLog(path: path, options: LogFileOptions())
    var lines = Lines()
    var text = ""
    func add(_ count: Int) throws {
      for number in 0..<count {
        let line = lines.line(number, padding: 4000)
        try #require(log.add(line) == nil)
        text += line
      }
    }
    try add(1200)
    let work = try #require(log.prepareMaintenance())
    work.run()
    try add(900)
    guard case .again = log.finishMaintenance(work) else {
      Issue.record("the rest was moved as it is")
      return
    }
    #expect(log.finish(work) == nil)
    let file = bytes(of: path)
    #expect(file.count < text.utf8.count / 10)
    try #require(gunzip(file) == Array(text.utf8))
  }

  @Test func aReopenedLogGoesOn() throws {
    let path = folder.file("log.gz")
    var lines = Lines()
    var text = ""
    for round in 0..<6 {
      let log = try GzipLog(path: path, options: LogFileOptions(durable: round % 2 == 0))
      for number in 0..<(round * 500) {
        let line = lines.line(number)
        #expect(log.add(line) == nil)
        text += line
      }
      if round % 3 != 0 { #expect(log.close() == nil) }
      try #require(gunzip(bytes(of: path)) == Array(text.utf8))
    }
  }

  @Test func aReaderThatHoldsTheLockPutsACompactionOff() throws {
    let path = folder.file("log.gz")
    let log = try GzipLog(path: path, options: LogFileOptions())
    for number in 0..<5000 { #expect(log.add("{\"i\":\(number)}\n") == nil) }
    let before = bytes(of: path)
    // `flock -s log.gz …`, in another process.
    let reader = try #require(
      popen("exec flock -s '\(path)' sh -c 'echo held; cat >/dev/null'", "w"))
    usleep(300_000)
    #expect(log.compact() == nil)
    #expect(bytes(of: path) == before)
    pclose(reader)
    #expect(log.compact() == nil)
    #expect(bytes(of: path).count < before.count / 2)
  }

  @Test func sharedWritersFollowEachOther() throws {
    let path = folder.file("log.gz")
    // Two descriptors in one process stand for two processes: OFD locks are the descriptors'.
    let first = try GzipLog(path: path, options: LogFileOptions(shared: true))
    let second = try GzipLog(path: path, options: LogFileOptions(shared: true))
    var text = ""
    for number in 0..<4000 {
      let line = "{\"i\":\(number)}\n"
      #expect((number % 3 == 0 ? first : second).add(line) == nil)
      text += line
      if number % 1000 == 999 {
        #expect((number % 2000 == 999 ? first : second).compact() == nil)
        try #require(gunzip(bytes(of: path)) == Array(text.utf8))
      }
    }
    #expect(first.close() == nil)
    #expect(second.add("{\"last\":1}\n") == nil)
    #expect(second.close() == nil)
    #expect(gunzip(bytes(of: path)) == Array((text + "{\"last\":1}\n").utf8))
  }

  @Test func aSecondWriterIsRefusedUnlessShared() throws {
    let path = folder.file("log.gz")
    let log = try GzipLog(path: path, options: LogFileOptions())
    let error = #expect(throws: MimirError.self) {
      try GzipLog(path: path, options: LogFileOptions())
    }
    #expect(error?.code == .locked)
    #expect(log.close() == nil)
  }

  @Test func aRemovedLogIsMadeAnew() throws {
    let path = folder.file("log.gz")
    let log = try GzipLog(path: path, options: LogFileOptions())
    #expect(log.add("{\"i\":1}\n") == nil)
    #expect(log.verify() == nil)
    #expect(unlink(path) == 0)
    #expect(log.add("{\"i\":2}\n") == nil)
    #expect(log.verify() == nil)
    #expect(log.add("{\"i\":3}\n") == nil)
    #expect(log.close() == nil)
    #expect(gunzip(bytes(of: path)) == Array("{\"i\":2}\n{\"i\":3}\n".utf8))
  }
}
