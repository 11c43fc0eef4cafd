import Mimir
import Testing

@Suite struct NonfinitePolicyTests {
  let folder = TemporaryFolder()

  private func stored(_ policy: NonfinitePolicy) throws -> String {
    let path = folder.file("log-\(policy).jsonl")
    var options = Logger.Options(filename: path)
    options.nonfinite = policy
    options.warnings = .off
    let logger = try Logger(options)
    try logger.tryLog(["loss": .double(.nan), "in": ["x": .double(-.infinity)], "ok": 1.5])
    try logger.close()
    return contents(path)
  }

  @Test func eachPolicyWritesItsForm() throws {
    #expect(try stored(.null) == #"{"loss":null,"in":{"x":null},"ok":1.5}"# + "\n")
    #expect(
      try stored(.tagged)
        == #"{"loss":null,"in":{"x":null},"ok":1.5,"#
        + #""__nonfinite__":{"/loss":"NaN","/in/x":"-Infinity"}}"# + "\n")
    #expect(try stored(.string) == #"{"loss":"NaN","in":{"x":"-Infinity"},"ok":1.5}"# + "\n")
    #expect(try stored(.literal) == #"{"loss":NaN,"in":{"x":-Infinity},"ok":1.5}"# + "\n")
    let error = #expect(throws: MimirError.self) { try stored(.error) }
    #expect(error?.code == .nonfinite)
    #expect(contents(folder.file("log-error.jsonl")).isEmpty)
  }

  @Test func memoryKeepsTheTrueValueAndEachKeyWarnsOnce() throws {
    let collected = Collected()
    var options = Logger.Options(filename: folder.file("log.jsonl"), maxlen: 5)
    options.warnings = collected.sink
    let logger = try Logger(options)
    for _ in 1...3 { logger.log(["loss": .double(.nan), "ok": 1]) }
    #expect(logger[-1]?["loss"]?.doubleValue?.isNaN == true)
    #expect(collected.warnings.count == 1)
    #expect(collected.warnings.first?.message.contains("/loss is NaN in entry 1") == true)
    #expect(logger.statistics.nonfinite == 3)
  }

  @Test func aTaggedLogIsReadBackWithItsValues() throws {
    let path = folder.file("log.jsonl")
    var options = Logger.Options(filename: path)
    options.nonfinite = .tagged
    options.warnings = .off
    let first = try Logger(options)
    first.log(["loss": .double(.infinity)])
    try first.close()
    let second = try Logger(filename: path, maxlen: 1)
    #expect(second[-1]?.description == #"{"loss":Infinity}"#)
  }

  @Test func memoryAloneNeedsNoWarning() throws {
    let collected = Collected()
    var options = Logger.Options(maxlen: 5)
    options.warnings = collected.sink
    let logger = try Logger(options)
    logger.log(["loss": .double(.nan)])
    #expect(collected.warnings.isEmpty)
    #expect(logger[-1]?.description == #"{"loss":NaN}"#)
    #expect(logger.statistics.nonfinite == 1)
  }
}
