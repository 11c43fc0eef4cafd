import Glibc
import Mimir
import Testing

@Suite struct LogReaderTests {
  let folder = TemporaryFolder()

  private func texts(_ reader: LogReader) throws -> [String] {
    var texts: [String] = []
    while let text = try reader.nextText() { texts.append(text) }
    return texts
  }

  @Test(arguments: ["log.jsonl", "log.jsonl.gz"])
  func givesTheEntriesOfALiveAndOfAClosedLog(name: String) throws {
    let path = folder.file(name)
    let logger = try Logger(filename: path)
    let entries = (0..<3000).map { ["i": JSONValue($0), "x": 0.5] as Entry }
    for entry in entries { logger.log(entry) }
    #expect(Array(try LogReader(path)) == entries)
    try logger.close()
    let reader = try LogReader(path)
    #expect(Array(reader) == entries)
    #expect(reader.report.entries == 3000)
    #expect(!reader.report.isIncomplete && reader.report.description.isEmpty)
    for count in [0, 1, 2999, 3000, 3001, .max] {
      try reader.seekToLast(count)
      #expect(Array(reader) == Array(entries.suffix(count)))
    }
    #expect(throws: MimirError.self) { try reader.seekToLast(-1) }
  }

  /// The content decides, not the name.
  @Test func tellsTheFormatByTheContent() throws {
    let (plain, gzip) = (folder.file("plain.gz"), folder.file("gzip.jsonl"))
    put("{\"i\":1}\n", into: plain)
    #expect(Array(try LogReader(plain)) == [["i": 1]])
    #expect(system("gzip -c '\(plain)' > '\(gzip)'") == 0)
    #expect(Array(try LogReader(gzip)) == [["i": 1]])
  }

  @Test func countsWhatIsNoEntry() throws {
    let path = folder.file("log.jsonl")
    put(" \n{\"a\": 1}\n[1]\n{\"a\":}\n\t\r\n {\"b\" : 2} \r\nnull\n{\"torn\"", into: path)
    let reader = try LogReader(path)
    #expect(try texts(reader) == ["{\"a\":1}", "{\"b\":2}"])
    #expect(reader.report.skippedLines == 3)
    #expect(reader.report.torn && !reader.report.damaged && reader.report.skippedBytes == 7)
    #expect(reader.report.isIncomplete)
    #expect(try reader.nextText() == nil)
    #expect(reader.report.skippedLines == 3)
  }

  /// A last entry without its newline counts as one of the last, a torn one does not.
  @Test(arguments: ["log.jsonl", "log.gz"])
  func countsAnEntryThatOnlyLacksItsNewline(name: String) throws {
    let path = folder.file(name)
    func check(_ text: String, _ lasts: [[String]]) throws {
      put(text, into: folder.file("text"))
      #expect(
        system("\(name.hasSuffix("gz") ? "gzip -c" : "cat") '\(folder.file("text"))' > '\(path)'")
          == 0)
      for (count, expected) in lasts.enumerated() {
        let reader = try LogReader(path)
        try reader.seekToLast(count)
        #expect(try texts(reader) == expected, "last \(count) of \(text)")
      }
    }
    try check(
      "{}\n{\"a\":1}\n{\"b\":2}",
      [
        [], ["{\"b\":2}"], ["{\"a\":1}", "{\"b\":2}"], ["{}", "{\"a\":1}", "{\"b\":2}"],
        ["{}", "{\"a\":1}", "{\"b\":2}"],
      ])
    try check(
      "{}\n{\"a\":1}\n{\"b\":", [[], ["{\"a\":1}"], ["{}", "{\"a\":1}"], ["{}", "{\"a\":1}"]])
    try check("{\"b\":2}", [[], ["{\"b\":2}"], ["{\"b\":2}"]])
    try check("{\"b\":", [[], [], []])
    try check("", [[], [], []])
  }

  @Test func restoresWhatWasTagged() throws {
    let path = folder.file("log.jsonl.gz")
    var options = Logger.Options(filename: path)
    options.nonfinite = .tagged
    options.warnings = .off
    let logger = try Logger(options)
    logger.log(["loss": .double(.infinity), "i": 1])
    try logger.close()
    let reader = try LogReader(path)
    #expect(try texts(reader) == ["{\"loss\":Infinity,\"i\":1}"])
    try reader.seekToLast(1)
    #expect(Array(reader).first?["loss"] == .double(.infinity))
  }

  @Test func aLoggerLoadsWhatItCanAndWarns() throws {
    let path = folder.file("log.jsonl.gz")
    let writer = try Logger(filename: path)
    for number in 0..<50 { writer.log(["i": JSONValue(number)]) }
    try writer.close()
    #expect(truncate(path, off_t(size(of: path) - 5)) == 0)
    let collected = Collected()
    var options = Logger.Options(maxlen: 3)
    options.warnings = collected.sink
    let logger = try Logger(options)
    #expect(try logger.load(path) == 50)
    #expect(logger.entries.map { $0["i"] } == [47, 48, 49])
    #expect(collected.warnings.count == 1)
    #expect(collected.warnings.first?.message.contains("torn") == true)
  }

  @Test func whatCannotBeReadIsAnError() throws {
    let missing = #expect(throws: MimirError.self) { try LogReader(folder.file("none")) }
    #expect(missing?.code == .notFound)
    let directory = #expect(throws: MimirError.self) { try LogReader(folder.path) }
    #expect(directory?.code == .unsupported)
  }
}

private func size(of path: String) -> Int {
  var status = stat()
  return stat(path, &status) == 0 ? Int(status.st_size) : 0
}
