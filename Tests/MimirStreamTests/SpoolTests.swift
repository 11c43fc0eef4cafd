import Glibc
import MimirBase
import Testing

@testable import MimirStream

@Suite struct SpoolTests {
  private let folder: String
  private let identity: ClientIdentity
  private static let large = ReadLimit(entries: 1 << 20, bytes: 1 << 30)

  init() throws {
    var template = Array("/tmp/mimir-spool-XXXXXX\0".utf8.map { CChar(bitPattern: $0) })
    folder = String(cString: try #require(mkdtemp(&template)))
    identity = try ClientIdentity.make()
  }

  private func open(mostBytes: Int = 1 << 30) throws -> Backlog {
    let own = try SpoolFolder.make(in: folder, for: identity, server: "here:1")
    return Backlog(SpoolWriter(own, mostBytes: mostBytes), mostInMemory: 1000)
  }

  private func adopt(server: String = "here:1") throws -> SpoolFolder? {
    let paths = SpoolFolder.all(in: folder)
    guard paths.count == 1, case .spool(let found) = SpoolFolder.adopt(paths[0], server: server)
    else { return nil }
    return found
  }

  private func add(_ count: Int, _ backlog: Backlog, pad: Int = 0) throws {
    let text = String(repeating: "x", count: pad)
    for _ in 0..<count {
      var line = #"{"n":\#(backlog.last + 1),"x":"\#(text)"}"# + "\n"
      _ = try line.withUTF8 { try backlog.add(UnsafeRawBufferPointer($0)) }
    }
  }

  /// All from `first` on, read so many at a time.
  private func numbers(_ backlog: Backlog, from first: UInt64, limit: ReadLimit) -> [UInt64] {
    var reader = SpoolReader()
    var numbers: [UInt64] = []
    while true {
      var out = ByteBuffer()
      let next = first + UInt64(numbers.count)
      let count = backlog.read(from: next, limit: limit, &reader, into: &out)
      let lines = out.bytes.split(separator: 10, omittingEmptySubsequences: false).dropLast()
      #expect(lines.count == count)
      if count == 0 { return numbers }
      for line in lines {
        let digits = String(decoding: line, as: UTF8.self).dropFirst(5).prefix { $0 != "," }
        numbers.append(UInt64(digits) ?? 0)
      }
    }
  }

  @Test func entriesAreReadBackInAnyPieces() throws {
    let backlog = try open()
    try add(3000, backlog, pad: 3000)
    let all = Array(UInt64(1)...3000)
    for limit in [
      RemoteLink.batch, Self.large, ReadLimit(entries: 7, bytes: 1 << 20),
      ReadLimit(entries: 100, bytes: 5000),
    ] {
      #expect(numbers(backlog, from: 1, limit: limit) == all)
    }
    // Back, and across the borders of files.
    var reader = SpoolReader()
    for first in [2999, 1, 1500, 1499, 1400, 3000] as [UInt64] {
      var out = ByteBuffer()
      let limit = ReadLimit(entries: 1, bytes: 1)
      #expect(backlog.read(from: first, limit: limit, &reader, into: &out) == 1)
      #expect(String(decoding: out.bytes, as: UTF8.self).hasPrefix(#"{"n":\#(first),"#))
    }
    #expect(backlog.counts.spoolBytes > 9_000_000)
    backlog.acknowledge(upTo: 2900)
    #expect(backlog.counts.spoolBytes < 5_000_000)
    #expect(numbers(backlog, from: 2901, limit: RemoteLink.batch) == Array(2901...3000))
  }

  @Test func aSpoolThatIsNotNeededIsTakenAway() throws {
    let backlog = try open()
    try add(10, backlog)
    backlog.acknowledge(upTo: 10)
    #expect(SpoolFolder.all(in: folder).count == 1)
    #expect(backlog.finish() == 0)
    #expect(SpoolFolder.all(in: folder).isEmpty)
  }

  @Test func aSpoolIsAdoptedWhenItsClientIsGone() throws {
    do {
      let backlog = try open()
      try add(2000, backlog, pad: 3000)
      backlog.acknowledge(upTo: 1990)
      let path = SpoolFolder.all(in: folder)[0]
      guard case .busy = SpoolFolder.adopt(path, server: "here:1") else {
        Issue.record("adopted while its client lives")
        return
      }
    }
    #expect(try adopt(server: "elsewhere:1") == nil)
    let found = try #require(try adopt())
    #expect(found.identity == identity)
    let heritage = try Backlog(adopted: found)
    // What was acknowledged still lies in the file that was being written.
    #expect(heritage.last == 2000 && heritage.acknowledged == 1990)
    #expect(numbers(heritage, from: 1991, limit: RemoteLink.batch) == Array(1991...2000))
    #expect(numbers(heritage, from: 1981, limit: RemoteLink.batch) == Array(1981...2000))
    heritage.acknowledge(upTo: 2000)
    _ = heritage.finish()
    #expect(SpoolFolder.all(in: folder).isEmpty)
  }

  @Test func whatWasAcknowledgedIsNotSentAgain() throws {
    do {
      let backlog = try open()
      try add(20, backlog)
      backlog.acknowledge(upTo: 20)
    }
    #expect(try Backlog(adopted: try #require(try adopt())).isDone)
    // Where that can't be read, the server's log knows it.
    let mark = SpoolFolder.all(in: folder)[0] + "/acknowledged"
    for (text, number) in [("", 0), ("nonsense", 0), ("00000000000000000007\n", 7), ("99", 20)] {
      let file = Glibc.open(mark, O_WRONLY | O_TRUNC)
      #expect(write(file, text, text.utf8.count) == text.utf8.count)
      close(file)
      let heritage = try Backlog(adopted: try #require(try adopt()))
      #expect(heritage.acknowledged == UInt64(number) && heritage.last == 20)
    }
  }

  @Test func aTornLastLineWasNotLogged() throws {
    do { try add(5, try open()) }
    let path = try #require(try adopt()).segments()[0].path
    let file = Glibc.open(path, O_WRONLY | O_APPEND)
    #expect(write(file, "{\"n\":6", 6) == 6)
    close(file)
    let heritage = try Backlog(adopted: try #require(try adopt()))
    #expect(heritage.last == 5)
    #expect(numbers(heritage, from: 1, limit: Self.large) == [1, 2, 3, 4, 5])
  }

  @Test func whatIsLostOfAFileLeavesNoGap() throws {
    do { try add(2000, try open(), pad: 3000) }
    let segments = try #require(try adopt()).segments()
    #expect(segments.count == 2)
    truncate(segments[0].path, 6500)
    let heritage = try Backlog(adopted: try #require(try adopt()))
    let found = numbers(heritage, from: 1, limit: RemoteLink.batch)
    #expect(found.count == 2000)
    #expect(Array(found.prefix(3)) == [1, 2, 0] && found.last == 2000)
    #expect(found[Int(segments[1].first) - 1] == segments[1].first)
  }

  @Test func aFullSpoolGoesOnInMemory() throws {
    let backlog = try open(mostBytes: 100)
    try add(20, backlog)
    #expect(backlog.counts.inMemory > 10 && backlog.counts.problem?.code == .noSpace)
    #expect(numbers(backlog, from: 1, limit: Self.large) == Array(1...20))
    #expect(throws: MimirError.self) { try add(100, backlog) }
    let last = backlog.last
    #expect(backlog.counts.dropped == 1)
    #expect(numbers(backlog, from: 1, limit: RemoteLink.batch) == Array(1...last))
    backlog.acknowledge(upTo: last)
    usleep(1_100_000)
    // Tried again after a while.
    try add(2, backlog)
    #expect(backlog.counts.inMemory == 0 && backlog.counts.problem == nil)
    #expect(numbers(backlog, from: last + 1, limit: Self.large) == [last + 1, last + 2])
  }

  @Test func onlyWholeFoldersAreSpools() throws {
    #expect(mkdir(folder + "/abcdefghijklmnop", 0o700) == 0)
    #expect(mkdir(folder + "/other", 0o700) == 0)
    #expect(SpoolFolder.all(in: folder).count == 1)
    #expect(try adopt() == nil)
    let about = Glibc.open(folder + "/abcdefghijklmnop/client.json", O_WRONLY | O_CREAT, 0o600)
    #expect(write(about, #"{"id":"ponmlkjihgfedcba","server":"here:1"}"#, 43) == 43)
    close(about)
    #expect(try adopt() == nil)
  }
}
