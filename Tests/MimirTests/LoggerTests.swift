import Glibc
import Mimir
import Testing

@Suite struct LoggerTests {
  let folder = TemporaryFolder()

  @Test func logsToFileAndMemory() throws {
    let path = folder.file("log.jsonl")
    let logger = try Logger(filename: path, maxlen: 2)
    for iteration in 1...3 {
      logger.log([
        "iteration": .int(Int64(iteration)), "training_error": .double(1 / Double(iteration)),
      ])
    }
    #expect(
      contents(path) == """
        {"iteration":1,"training_error":1.0}
        {"iteration":2,"training_error":0.5}
        {"iteration":3,"training_error":0.3333333333333333}

        """)
    #expect(logger.count == 2)
    #expect(logger[-1]?["iteration"] == 3)
    #expect(logger[0]?["iteration"] == 2)
    #expect(logger[2] == nil)
    #expect(logger[-3] == nil)
    #expect(logger[.min] == nil)
    #expect(logger.entries.map { $0["iteration"] } == [2, 3])
    try logger.close()
    #expect(logger.statistics.entries == 3)
    #expect(logger.count == 2)
  }

  /// The file stays open for whoever else logs to it.
  @Test func aHandlerGivesItsFileBackOnce() throws {
    let path = folder.file("log.jsonl")
    let options = Logger.Options(filename: path)
    let handler = try FileHandler(options)
    let logger = try Logger(options)
    try handler.close()
    try handler.close()
    try logger.tryLog(["i": 1])
    try logger.close()
    #expect(contents(path) == "{\"i\":1}\n")
  }

  @Test func aLiteralKeepsItsOrderAndIntegers() throws {
    let logger = try Logger(Logger.Options(maxlen: 1))
    logger.log([
      "z": 1, "a": 0.5, "config": ["lr": 0.1, "layers": [1, 2]], "name": "x", "none": nil,
    ])
    #expect(
      logger[-1]?.description
        == #"{"z":1,"a":0.5,"config":{"lr":0.1,"layers":[1,2]},"name":"x","none":null}"#)
  }

  @Test func logsEncodableValues() throws {
    struct Step: Encodable {
      var iteration: Int
      var loss: Float
      var note: String?
    }
    let logger = try Logger(Logger.Options(maxlen: 2))
    logger.log(Step(iteration: 7, loss: 0.1, note: nil))
    #expect(logger[-1]?.description == #"{"iteration":7,"loss":0.1}"#)
    let error = #expect(throws: MimirError.self) { try logger.tryLog([1, 2, 3]) }
    #expect(error?.code == .invalidArgument)
    #expect(logger.statistics.errors == 1)
  }

  @Test func anExistingLogIsLoaded() throws {
    let path = folder.file("log.jsonl")
    put(#"{"i":1}"# + "\n" + #"{"i":2}"# + "\n" + #"{"i":3}"# + "\n", into: path)
    let logger = try Logger(filename: path, maxlen: 2)
    #expect(logger.entries.map { $0["i"] } == [2, 3])
    logger.log(["i": 4])
    #expect(logger.entries.map { $0["i"] } == [3, 4])
    #expect(contents(path).split(separator: "\n").count == 4)
    let all = try Logger(filename: path, maxlen: .max)
    #expect(all.count == 4)
  }

  @Test func aSecondLoggerReadsWhatTheFirstHasGathered() throws {
    var options = Logger.Options(filename: folder.file("log.jsonl"))
    options.flush = .interval(milliseconds: 3_600_000)
    let first = try Logger(options)
    first.log(["iteration": 12])
    let second = try Logger(filename: options.filename, maxlen: 10)
    #expect(second[-1]?["iteration"] == 12)
  }

  @Test func loadCountsAndLeavesOutWhatIsNoEntry() throws {
    let path = folder.file("log.jsonl")
    put(#"{"i":1}"# + "\n[1]\n\n" + #"{"i":2}"# + "\n" + #"{"torn"#, into: path)
    let collected = Collected()
    var options = Logger.Options(maxlen: 1)
    options.warnings = collected.sink
    let logger = try Logger(options)
    #expect(try logger.load(path) == 2)
    #expect(logger.entries == [["i": 2]])
    #expect(collected.warnings.count == 1)
    let message = try #require(collected.warnings.first?.message)
    #expect(
      message.contains("torn entry") && message.contains("1 line of \(path) is no JSON object"))
    let error = #expect(throws: MimirError.self) { try logger.load(folder.file("none")) }
    #expect(error?.code == .notFound)
  }

  @Test func optionsOutOfRangeAreRefused() {
    var options = Logger.Options()
    options.maxlen = -1
    #expect(throws: MimirError.self) { try Logger(options) }
    options = Logger.Options()
    options.flush = .interval(milliseconds: 0)
    #expect(throws: MimirError.self) { try Logger(options) }
    options = Logger.Options(filename: "")
    #expect(throws: MimirError.self) { try Logger(options) }
    options = Logger.Options()
    options.maxEntryBytes = 1 << 40
    #expect(throws: MimirError.self) { try Logger(options) }
  }

  @Test func anEntryMayBeTooLarge() throws {
    var options = Logger.Options(maxlen: 3)
    options.maxEntryBytes = 11
    options.warnings = .off
    let logger = try Logger(options)
    try logger.tryLog(["a": 12345])
    let error = #expect(throws: MimirError.self) { try logger.tryLog(["a": 123456]) }
    #expect(error?.code == .tooLarge)
    #expect(logger.count == 1)
  }

  @Test func aTornLineIsReported() throws {
    let path = folder.file("log.jsonl")
    put(#"{"i":1}"# + "\n" + #"{"torn"#, into: path)
    let collected = Collected()
    var options = Logger.Options(filename: path, maxlen: 5)
    options.warnings = collected.sink
    let logger = try Logger(options)
    #expect(collected.warnings.map(\.message.count).count == 1)
    #expect(collected.warnings.first?.message.contains("6 bytes were cut off") == true)
    #expect(logger.statistics.repairedBytes == 6)
    #expect(logger.count == 1)
  }

  @Test func aClosedLoggerSaysSo() throws {
    let collected = Collected()
    var options = Logger.Options(maxlen: 1)
    options.warnings = collected.sink
    let logger = try Logger(options)
    try logger.close()
    try logger.close()
    let error = #expect(throws: MimirError.self) { try logger.tryLog(["a": 1]) }
    #expect(error?.code == .closed)
    logger.log(["a": 1])
    logger.log(["a": 2])
    #expect(collected.warnings.count == 1)
  }

  @Test func threadsLogSideBySide() async throws {
    let path = folder.file("log.jsonl")
    let logger = try Logger(filename: path, maxlen: 100)
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<8 {
        group.addTask {
          for number in 0..<2000 {
            logger.log(["t": .int(Int64(thread)), "n": .int(Int64(number))])
          }
        }
      }
    }
    try logger.close()
    var next = [Int64](repeating: 0, count: 8)
    for line in contents(path).split(separator: "\n") {
      let entry = try Entry(parsing: String(line))
      let thread = try #require(entry["t"]?.intValue)
      #expect(entry["n"]?.intValue.map(Int64.init) == next[Int(thread)])
      next[Int(thread)] += 1
    }
    #expect(next == [Int64](repeating: 2000, count: 8))
  }
}
