import Glibc
import Mimir
import Testing

/// A logger on a name that ends in `.gz`, in every mode a plain one has.
@Suite struct GzipLoggerTests {
  let folder = TemporaryFolder()

  /// What zcat, which knows nothing of Mímir, makes of a file; nil when it complains.
  private func zcat(_ path: String) throws -> String? {
    let pipe = try #require(popen("gzip -dc '\(path)' 2>&1", "r"))
    var text: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&block, 1, block.count, pipe), count > 0 {
      text += block[..<count]
    }
    return pclose(pipe) == 0 ? String(decoding: text, as: UTF8.self) : nil
  }

  @Test func aSecondLoggerOnTheFileReadsAndShares() throws {
    let path = folder.file("log.jsonl.gz")
    let logger = try Logger(filename: path)
    logger.log(["iteration": 12])
    let second = try Logger(filename: path, maxlen: 10)
    #expect(second[-1]?["iteration"] == 12)
    second.log(["iteration": 13])
    logger.log(["iteration": 14])
    #expect(
      try zcat(path) == "{\"iteration\":12}\n{\"iteration\":13}\n{\"iteration\":14}\n")
    try second.close()
    try logger.close()
  }

  @Test(arguments: [Logger.Flush.everyEntry, .interval(milliseconds: 5)])
  func thousandsOfEntriesComeBack(flush: Logger.Flush) throws {
    let path = folder.file("log.jsonl.gz")
    var options = Logger.Options(filename: path)
    options.flush = flush
    for run in 0..<3 {
      let logger = try Logger(options)
      for i in 0..<5000 { logger.log(["run": JSONValue(run), "i": JSONValue(i), "x": 0.1]) }
      try logger.close()
    }
    let lines = try #require(try zcat(path)).split(separator: "\n")
    #expect(lines.count == 15_000)
    #expect(lines.last == "{\"run\":2,\"i\":4999,\"x\":0.1}")
    let reader = try Logger(filename: path, maxlen: 3)
    #expect(reader.entries.map { $0["i"] } == [4997, 4998, 4999])
    #expect(try reader.load(path) == 15_000)
  }

  @Test func modesAreThoseOfAPlainFile() throws {
    let path = folder.file("log.jsonl.gz")
    var options = Logger.Options(filename: path)
    options.mode = .exclusive
    let first = try Logger(options)
    first.log(["i": 1])
    try first.close()
    let exists = #expect(throws: MimirError.self) { try Logger(options) }
    #expect(exists?.code == .exists)
    options.mode = .truncate
    let second = try Logger(options)
    second.log(["i": 2])
    try second.close()
    #expect(try zcat(path) == "{\"i\":2}\n")
  }

  @Test func aForeignGzipIsTakenOver() throws {
    let path = folder.file("log.jsonl.gz")
    put("{\"i\":1}\n{\"i\":2}\n", into: folder.file("plain"))
    #expect(system("gzip -c '\(folder.file("plain"))' > '\(path)'") == 0)
    let logger = try Logger(filename: path, maxlen: 5)
    #expect(logger.count == 2)
    logger.log(["i": 3])
    try logger.close()
    #expect(try zcat(path) == "{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n")
  }

  @Test func whatIsNoGzipIsLeftAlone() throws {
    let path = folder.file("weights.gz")
    put("not gzip at all", into: path)
    let error = #expect(throws: MimirError.self) { try Logger(filename: path) }
    #expect(error?.code == .corrupt)
    #expect(contents(path) == "not gzip at all")
  }

  @Test func aLinkLeadsToTheSameLog() throws {
    let (path, link) = (folder.file("log.jsonl.gz"), folder.file("link.gz"))
    let logger = try Logger(filename: path)
    #expect(symlink(path, link) == 0)
    let other = try Logger(filename: link)
    logger.log(["i": 1])
    other.log(["i": 2])
    try logger.close()
    try other.close()
    #expect(try zcat(path) == "{\"i\":1}\n{\"i\":2}\n")
  }
}
