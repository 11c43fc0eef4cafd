import Glibc
import Mimir
import MimirIO
import Synchronization
import Testing

@Suite struct LogFollowerTests {
  let folder = TemporaryFolder()

  private static func entry(_ number: Int, pad: Int = 0) -> Entry {
    ["i": JSONValue(number), "pad": .string(String(repeating: "x", count: pad))]
  }

  /// The numbers of the entries that are there.
  private func numbers(_ follower: LogFollower, most: Int = .max) throws -> [Int] {
    var found: [Int] = []
    while found.count < most, let entry = try follower.next(timeout: 0) {
      found.append(entry["i"]?.intValue ?? -1)
    }
    return found
  }

  @Test(arguments: ["log.jsonl", "log.jsonl.gz"])
  func givesEachEntryOnceAsItComes(name: String) throws {
    let path = folder.file(name)
    let logger = try Logger(filename: path)
    for number in 0..<10 { logger.log(Self.entry(number)) }
    let all = try LogFollower(path)
    let last = try LogFollower(path, from: .last(3))
    let coming = try LogFollower(path, from: .last(0))
    #expect(try numbers(all) == Array(0..<10))
    #expect(try numbers(last) == [7, 8, 9])
    #expect(try numbers(coming) == [])
    for number in 10..<400 {
      logger.log(Self.entry(number, pad: number * 37 % 3000))
      for follower in [all, last, coming] {
        try #require(try follower.next(timeout: 5000)?["i"] == .int(Int64(number)))
      }
    }
    try logger.close()
    for follower in [all, last, coming] {
      #expect(try numbers(follower) == [])
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
    for number in 0..<first { logger.log(Self.entry(number, pad: number * 31 % 400)) }
    let eager = try LogFollower(path)
    let lazy = try LogFollower(path)
    let last = try LogFollower(path, from: .last(2500))
    let writer = BackgroundThread.start(name: "writer") {
      for number in first..<count { logger.log(Self.entry(number, pad: number * 31 % 400)) }
      ended.store(true, ordering: .releasing)
    }
    defer { if let writer { pthread_join(writer, nil) } }
    var (seen, seenLate, seenLast): ([Int], [Int], [Int]) = ([], [], [])
    var round = 0
    while true {
      let isLast = ended.load(ordering: .acquiring)
      seen += try numbers(eager, most: isLast ? .max : 3000)
      if round % 3 == 2 || isLast { seenLate += try numbers(lazy, most: isLast ? .max : 3000) }
      seenLast += try numbers(last, most: isLast ? .max : 3000)
      round += 1
      if isLast { break }
    }
    #expect(seen == Array(0..<count))
    #expect(seenLate == Array(0..<count))
    #expect(seenLast == Array(500..<count))
    print("followed in \(round) rounds")
    #expect(eager.statistics.restarts == 0)
    try logger.close()
    #expect(try numbers(eager) == [] && numbers(last) == [])
  }

  /// `last` finds its place among chunks, too, whatever is compacted when.
  @Test func beginsAnywhereInACompactedLog() throws {
    let path = folder.file("log.jsonl.gz")
    let logger = try Logger(filename: path)
    for number in 0..<20_000 { logger.log(Self.entry(number, pad: 100)) }
    for count in [1, 2000, 9999, 20_000, 30_000] {
      let follower = try LogFollower(path, from: .last(count))
      #expect(try numbers(follower) == Array(max(20_000 - count, 0)..<20_000))
    }
    let follower = try LogFollower(path, from: .last(2))
    try logger.close()
    #expect(try numbers(follower) == [19_998, 19_999])
  }

  @Test(arguments: ["log.jsonl", "log.jsonl.gz"])
  func goesOnAfterTheWriterWasKilled(name: String) throws {
    let path = folder.file(name)
    var logger = try Logger(filename: path)
    for number in 0..<5 { logger.log(Self.entry(number)) }
    try logger.close()
    let follower = try LogFollower(path)
    #expect(try numbers(follower) == Array(0..<5))
    // As a kill leaves it in the middle of an append.
    #expect(
      system(
        name.hasSuffix("gz")
          ? "truncate -s -13 '\(path)'; printf '\\000\\020\\000\\357\\377{\"i\":' >> '\(path)'"
          : "printf '{\"i\":5,\"torn' >> '\(path)'") == 0)
    #expect(try numbers(follower) == [])
    var options = Logger.Options(filename: path)
    options.warnings = .off
    logger = try Logger(options)
    #expect(try numbers(follower) == [])
    for number in 5..<9 { logger.log(Self.entry(number)) }
    #expect(try numbers(follower) == Array(5..<9))
    #expect(follower.statistics.restarts == 0 && follower.statistics.skippedLines == 0)
    try logger.close()
  }

  /// The end that a killed writer left, read before anyone has repaired it.
  @Test func givesTheWholeLinesOfATornLog() throws {
    let path = folder.file("log.jsonl.gz")
    var logger = try Logger(filename: path)
    for number in 0..<6000 { logger.log(Self.entry(number, pad: 100)) }
    try logger.close()
    logger = try Logger(filename: path)
    for number in 6000..<6010 { logger.log(Self.entry(number)) }
    #expect(system("cp '\(path)' '\(path).torn.gz' && truncate -s -3 '\(path).torn.gz'") == 0)
    let follower = try LogFollower("\(path).torn.gz", from: .last(6005))
    let found = try numbers(follower)
    #expect(found == Array(5..<6010))
    try logger.close()
  }

  @Test(arguments: ["log.jsonl", "log.jsonl.gz"], [10, 5000])
  func startsOverWhenTheFileIsEmptied(name: String, count: Int) throws {
    let path = folder.file(name)
    var logger = try Logger(filename: path)
    for number in 0..<count { logger.log(Self.entry(number, pad: 100)) }
    try logger.close()
    let follower = try LogFollower(path)
    #expect(try numbers(follower) == Array(0..<count))
    var options = Logger.Options(filename: path)
    options.mode = .truncate
    logger = try Logger(options)
    // More than before, too.
    for number in 0..<(2 * count) { logger.log(Self.entry(-number - 1, pad: 100)) }
    try logger.close()
    #expect(try numbers(follower) == (0..<(2 * count)).map { -$0 - 1 })
    #expect(follower.statistics.restarts == 1)
  }

  @Test(arguments: ["log.jsonl", "log.jsonl.gz"])
  func startsOverWhenTheFileIsMadeAnew(name: String) throws {
    let path = folder.file(name)
    var logger = try Logger(filename: path)
    logger.log(Self.entry(1))
    let follower = try LogFollower(path)
    logger.log(Self.entry(2))
    try logger.close()
    unlink(path)
    #expect(try numbers(follower) == [1, 2])
    #expect(follower.statistics.restarts == 0)
    logger = try Logger(filename: path)
    logger.log(Self.entry(3))
    #expect(try numbers(follower) == [3])
    #expect(follower.statistics.restarts == 1)
    try logger.close()
  }

  @Test(arguments: ["log.jsonl", "log.jsonl.gz"])
  func waitsForAFile(name: String) throws {
    let path = folder.file(name)
    #expect(throws: MimirError.self) { try LogFollower(path) }
    let follower = try LogFollower(path, from: .last(1), waits: true)
    #expect(try numbers(follower) == [])
    #expect(!follower.isOpen)
    put("", into: path)
    #expect(try numbers(follower) == [])
    let logger = try Logger(filename: path)
    for number in 0..<3 { logger.log(Self.entry(number)) }
    #expect(try numbers(follower) == [0, 1, 2])
    #expect(follower.isOpen && follower.statistics.restarts == 0)
    try logger.close()
  }

  @Test func followsAForeignGzipFile() throws {
    let path = folder.file("log.gz")
    #expect(system("printf '{\"i\":0}\\n{\"i\":1}\\n' | gzip > '\(path)'") == 0)
    let follower = try LogFollower(path)
    let last = try LogFollower(path, from: .last(1))
    #expect(try numbers(follower) == [0, 1])
    #expect(try numbers(last) == [1])
    #expect(system("printf '{\"i\":2}\\nnonsense\\n' | gzip >> '\(path)'") == 0)
    #expect(try numbers(follower) == [2])
    #expect(try numbers(last) == [2])
    #expect(follower.statistics.skippedLines == 1)
  }

  @Test func saysWhatIsDamaged() throws {
    let path = folder.file("log.jsonl.gz")
    let logger = try Logger(filename: path)
    for number in 0..<10 { logger.log(Self.entry(number)) }
    try logger.close()
    #expect(system("printf 'XXXX' | dd of='\(path)' bs=1 seek=60 conv=notrunc 2>/dev/null") == 0)
    #expect(throws: MimirError.self) { _ = try numbers(try LogFollower(path)) }
  }
}
