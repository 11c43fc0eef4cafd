import Glibc
import MimirBase
import MimirGzip
import MimirIO
import Testing

/// The lines that a reader gives, and its report.
func read(
  _ path: String, last: Int? = nil
) throws -> (lines: [String], report: ReadReport) {
  let reader = try GzipReader(path: path)
  if let last { try reader.seekToLast(last) }
  var lines: [String] = []
  while let line = try reader.next() { lines.append(String(decoding: line, as: UTF8.self)) }
  return (lines, reader.report)
}

/// A log of so many lines, `perChunk` to a chunk, the rest in the tail.
func makeLog(
  _ lines: [String], perChunk: Int, inTail: Int, perBlock: Int = 3
) -> (builder: LogBuilder, file: [UInt8]) {
  func text(_ lines: ArraySlice<String>) -> [UInt8] { lines.flatMap { Array(($0 + "\n").utf8) } }
  var builder = LogBuilder()
  let compacted = lines.dropLast(inTail)
  builder.chunks = stride(from: 0, to: compacted.count, by: perChunk).map {
    text(compacted[$0..<min($0 + perChunk, compacted.count)])
  }
  let tail = lines.suffix(inTail)
  builder.tail = stride(from: tail.startIndex, to: tail.endIndex, by: perBlock).map {
    text(tail[$0..<min($0 + perBlock, tail.endIndex)])
  }
  let file = builder.build()
  return (builder, file)
}

func someLines(_ count: Int, seed: UInt64 = 5, padding: Int = 0) -> [String] {
  var lines = Lines(seed: seed)
  return (0..<count).map { String(lines.line($0, padding: padding).dropLast()) }
}

@Suite struct GzipReaderTests {
  let folder = TemporaryFolder()

  private func check(_ lines: [String], perChunk: Int, inTail: Int, last: [Int]) throws {
    let path = folder.file("log.gz")
    let file = makeLog(lines, perChunk: perChunk, inTail: inTail).file
    try #require(gunzip(file) == lines.flatMap { Array(($0 + "\n").utf8) })
    put(file, into: path)
    let whole = try read(path)
    try #require(whole.lines == lines)
    #expect(whole.report == ReadReport())
    for count in last {
      let some = try read(path, last: count)
      try #require(some.lines == Array(lines.suffix(max(count, 0))), "last \(count)")
      #expect(some.report == ReadReport())
    }
  }

  @Test(arguments: [0, 1, 2, 7, 40, 41])
  func readsTheWholeAndTheLast(count: Int) throws {
    let lines = someLines(count)
    for inTail in [0, 1, 5, count] where inTail <= count {
      for perChunk in [1, 3, 100] {
        try check(
          lines, perChunk: perChunk, inTail: inTail, last: Array(-1...(count + 2)) + [.max])
      }
    }
  }

  @Test func readsLinesOfAllSizes() throws {
    let sizes = [1, 2, 100, 4096, 65_535, 65_536, 300_000, 3_000_000, 5]
    var random = Lines(seed: 8)
    let lines = sizes.map { size in
      String(decoding: (0..<size).map { _ in UInt8(97 + random.random() % 26) }, as: UTF8.self)
    }
    for inTail in [0, 4, 9] {
      try check(lines, perChunk: 1, inTail: inTail, last: [1, 2, 3, 5, 8, 9, 10])
    }
  }

  /// Enough chunks that several threads inflate them.
  @Test func readsManyChunks() throws {
    let lines = someLines(200_000, padding: 20)
    try check(lines, perChunk: 1500, inTail: 100, last: [1, 99, 100, 101, 5000, 199_999, 200_001])
  }

  @Test func readsAChunkTooLargeForThePool() throws {
    var lines = someLines(60_000, padding: 20)
    var random = Lines(seed: 9)
    lines.insert(
      String(
        (0..<9_000_000).map { _ in Character(UnicodeScalar(UInt8(97 + random.random() % 26))) }),
      at: 30_000)
    var builder = makeLog(lines, perChunk: 30_000, inTail: 0).builder
    builder.chunks = stride(from: 0, to: lines.count, by: 1500).map {
      lines[$0..<min($0 + 1500, lines.count)].flatMap { Array(($0 + "\n").utf8) }
    }
    let path = folder.file("log.gz")
    put(builder.build(), into: path)
    let (read, report) = try read(path)
    #expect(read == lines)
    #expect(report == ReadReport())
  }

  /// Text that is no log: lines may lie across chunks and blocks, and the last one lacks its newline.
  @Test func readsAnyText() throws {
    var builder = LogBuilder()
    builder.chunks = ["ab", "c\nd", "\n\ne", "f"].map { Array($0.utf8) }
    builder.tail = ["g\n", "h", "i"].map { Array($0.utf8) }
    let path = folder.file("text.gz")
    put(builder.build(), into: path)
    let lines = ["abc", "d", "", "efg", "hi"]
    let reader = try GzipReader(path: path)
    #expect(try read(path).lines == lines)
    for count in 0...5 { #expect(try read(path, last: count).lines == lines.suffix(count + 1)) }
    while try reader.next() != nil {}
    #expect(!reader.endsLine)
    #expect(reader.report == ReadReport())
  }

  @Test func seeksAgainAndAgain() throws {
    let path = folder.file("log.gz")
    let lines = someLines(100)
    put(makeLog(lines, perChunk: 9, inTail: 10).file, into: path)
    let reader = try GzipReader(path: path)
    for count in [3, 50, 100, 0, 20, 3] {
      try reader.seekToLast(count)
      for line in lines.suffix(count).prefix(15) {
        let next = try #require(try reader.next())
        #expect(String(decoding: next, as: UTF8.self) == line)
      }
    }
  }

  @Test func readsWhatTheWriterWrites() throws {
    let path = folder.file("log.gz")
    let log = try GzipLog(path: path, options: LogFileOptions())
    let lines = someLines(20_000, padding: 30)
    for (number, line) in lines.enumerated() {
      try #require(log.add(line + "\n") == nil)
      if number % 4000 == 3999 { try #require(log.compact() == nil) }
      if number % 1777 == 0 {
        try #require(try read(path).lines == Array(lines[...number]))
        try #require(try read(path, last: 10).lines == lines[...number].suffix(10))
      }
    }
    #expect(log.close() == nil)
    let (read, report) = try read(path)
    #expect(read == lines)
    #expect(report == ReadReport())
  }
}
