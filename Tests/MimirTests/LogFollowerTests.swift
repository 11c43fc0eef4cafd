import Glibc
import Mimir
import MimirIO
import Synchronization
import Testing

@Suite struct LogFollowerTests {
  let folder = TemporaryFolder()

  @Test(arguments: ["log.jsonl", "log.jsonl.gz"])
  func givesEachEntryOnceAsItComes(name: String) throws {
    let path = folder.file(name)
    let logger = try Logger(filename: path)
    for number in 0..<10 { logger.log(numbered(number)) }
    let all = try LogFollower(path)
    let last = try LogFollower(path, from: .last(3))
    let coming = try LogFollower(path, from: .last(0))
    #expect(try all.numbers() == Array(0..<10))
    #expect(try last.numbers() == [7, 8, 9])
    #expect(try coming.numbers() == [])
    for number in 10..<400 {
      logger.log(numbered(number, pad: number * 37 % 3000))
      for follower in [all, last, coming] {
        try #require(try follower.next(timeout: 5000)?["i"] == .int(Int64(number)))
      }
    }
    try logger.close()
    for follower in [all, last, coming] {
      #expect(try follower.numbers() == [])
      #expect(follower.statistics.restarts == 0 && follower.statistics.skippedLines == 0)
    }
    #expect(all.statistics.entries == 400)
  }

  /// The writer compacts as it goes, and the followers look now and then.
  @Test(arguments: ["log.jsonl", "log.jsonl.gz"])
  func keepsUpWithAWriterThatCompacts(name: String) throws {
    let path = folder.file(name)
    let ended = Atomic<Bool>(false)
    let logger = try Logger(filename: path)
    let (first, count) = (3000, 40_000)
    for number in 0..<first { logger.log(numbered(number, pad: number * 31 % 400)) }
    let eager = try LogFollower(path)
    let lazy = try LogFollower(path)
    let last = try LogFollower(path, from: .last(2500))
    let writer = BackgroundThread.start(name: "writer") {
      for number in first..<count { logger.log(numbered(number, pad: number * 31 % 400)) }
      ended.store(true, ordering: .releasing)
    }
    defer { if let writer { pthread_join(writer, nil) } }
    var (seen, seenLate, seenLast): ([Int], [Int], [Int]) = ([], [], [])
    var round = 0
    while true {
      let isLast = ended.load(ordering: .acquiring)
      seen += try eager.numbers(most: isLast ? .max : 3000)
      if round % 3 == 2 || isLast { seenLate += try lazy.numbers(most: isLast ? .max : 3000) }
      seenLast += try last.numbers(most: isLast ? .max : 3000)
      round += 1
      if isLast { break }
    }
    #expect(seen == Array(0..<count))
    #expect(seenLate == Array(0..<count))
    #expect(seenLast == Array(500..<count))
    print("followed in \(round) rounds")
    #expect(eager.statistics.restarts == 0)
    try logger.close()
    #expect(try eager.numbers() == [] && last.numbers() == [])
  }

  /// `last` finds its place among chunks, too, whatever is compacted when.
  @Test func beginsAnywhereInACompactedLog() throws {
    let path = folder.file("log.jsonl.gz")
    let logger = try Logger(filename: path)
    for number in 0..<20_000 { logger.log(numbered(number, pad: 100)) }
    for count in [1, 2000, 9999, 20_000, 30_000] {
      let follower = try LogFollower(path, from: .last(count))
      #expect(try follower.numbers() == Array(max(20_000 - count, 0)..<20_000))
    }
    let follower = try LogFollower(path, from: .last(2))
    try logger.close()
    #expect(try follower.numbers() == [19_998, 19_999])
  }

  @Test(arguments: ["log.jsonl", "log.jsonl.gz"])
  func goesOnAfterTheWriterWasKilled(name: String) throws {
    let path = folder.file(name)
    var logger = try Logger(filename: path)
    for number in 0..<5 { logger.log(numbered(number)) }
    try logger.close()
    let follower = try LogFollower(path)
    #expect(try follower.numbers() == Array(0..<5))
    // As a kill leaves it in the middle of an append.
    #expect(
      system(
        name.hasSuffix("gz")
          ? "truncate -s -13 '\(path)'; printf '\\000\\020\\000\\357\\377{\"i\":' >> '\(path)'"
          : "printf '{\"i\":5,\"torn' >> '\(path)'") == 0)
    #expect(try follower.numbers() == [])
    var options = Logger.Options(filename: path)
    options.warnings = .off
    logger = try Logger(options)
    #expect(try follower.numbers() == [])
    for number in 5..<9 { logger.log(numbered(number)) }
    #expect(try follower.numbers() == Array(5..<9))
    #expect(follower.statistics.restarts == 0 && follower.statistics.skippedLines == 0)
    try logger.close()
  }

  @Test(arguments: ["log.jsonl", "log.jsonl.gz"], [10, 5000])
  func startsOverWhenTheFileIsEmptied(name: String, count: Int) throws {
    let path = folder.file(name)
    var logger = try Logger(filename: path)
    for number in 0..<count { logger.log(numbered(number, pad: 100)) }
    try logger.close()
    let follower = try LogFollower(path)
    #expect(try follower.numbers() == Array(0..<count))
    var options = Logger.Options(filename: path)
    options.mode = .truncate
    logger = try Logger(options)
    // More than before, too.
    for number in 0..<(2 * count) { logger.log(numbered(-number - 1, pad: 100)) }
    try logger.close()
    #expect(try follower.numbers() == (0..<(2 * count)).map { -$0 - 1 })
    #expect(follower.statistics.restarts == 1)
  }

  @Test(arguments: ["log.jsonl", "log.jsonl.gz"])
  func startsOverWhenTheFileIsMadeAnew(name: String) throws {
    let path = folder.file(name)
    var logger = try Logger(filename: path)
    logger.log(numbered(1))
    let follower = try LogFollower(path)
    logger.log(numbered(2))
    try logger.close()
    unlink(path)
    #expect(try follower.numbers() == [1, 2])
    #expect(follower.statistics.restarts == 0)
    logger = try Logger(filename: path)
    logger.log(numbered(3))
    #expect(try follower.numbers() == [3])
    #expect(follower.statistics.restarts == 1)
    try logger.close()
  }

  @Test(arguments: ["log.jsonl", "log.jsonl.gz"])
  func waitsForAFile(name: String) throws {
    let path = folder.file(name)
    #expect(throws: MimirError.self) { try LogFollower(path) }
    let follower = try LogFollower(path, from: .last(1), waits: true)
    #expect(try follower.numbers() == [])
    #expect(!follower.isOpen)
    put("", into: path)
    #expect(try follower.numbers() == [])
    let logger = try Logger(filename: path)
    for number in 0..<3 { logger.log(numbered(number)) }
    #expect(try follower.numbers() == [0, 1, 2])
    #expect(follower.isOpen && follower.statistics.restarts == 0)
    try logger.close()
  }

  /// Also when nothing was read of the run before.
  @Test(arguments: ["log.jsonl", "log.jsonl.gz"], [0, 3])
  func seesThatAFileWasEmptiedWhichItHasNotRead(name: String, last: Int) throws {
    let path = folder.file(name)
    var logger = try Logger(filename: path)
    for number in 0..<50 { logger.log(numbered(number, pad: 10)) }
    try logger.close()
    let follower = try LogFollower(path, from: .last(last))
    var options = Logger.Options(filename: path)
    options.mode = .truncate
    logger = try Logger(options)
    for number in 0..<80 { logger.log(numbered(-number - 1, pad: 20)) }
    try logger.close()
    #expect(try follower.numbers() == (0..<80).map { -$0 - 1 })
    #expect(follower.statistics.restarts == 1)
  }

  @Test func comesBackFromManyLinesThatAreNoEntries() throws {
    let path = folder.file("log.jsonl")
    put(String(repeating: "{no entry}\n\n", count: 100_000) + "{\"i\":1}\n", into: path)
    let follower = try LogFollower(path)
    #expect(try follower.next(timeout: 0) == nil)
    #expect(!follower.isUpToDate)
    #expect((1..<5000).contains(follower.statistics.skippedLines))
    #expect(try follower.numbers() == [1])
    #expect(follower.isUpToDate)
    #expect(follower.statistics.skippedLines == 100_000)
    let last = try LogFollower(path, from: .last(3))
    #expect(try last.numbers() == [1])
    #expect(last.statistics.skippedLines == 1)
  }
}
