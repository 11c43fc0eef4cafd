import Glibc
import Mimir
import MimirBase
import MimirStream
import Testing

@Suite struct StreamLoggerTests {
  let folder = TemporaryFolder()

  private func options(_ filename: String?, held: Int) -> Logger.Options {
    var options = Logger.Options(filename: filename)
    var stream = StreamOptions(maxlen: held)
    (stream.pushPort, stream.routerPort) = (0, 0)
    options.stream = stream
    options.warnings = .off
    return options
  }

  private func subscriber(_ logger: Logger, _ past: Subscriber.Past = .all) throws -> Subscriber {
    var options = Subscriber.Options()
    (options.host, options.past) = ("127.0.0.1", past)
    (options.pushPort, options.routerPort) = (logger.pushPort, logger.routerPort)
    return try Subscriber(options)
  }

  /// What has left memory comes from the file, where the entries of earlier runs lie before it.
  @Test(arguments: ["log.jsonl.gz", "log.jsonl"], [false, true])
  func thePastIsReadBackFromTheFile(name: String, interval: Bool) throws {
    let path = folder.file(name)
    for run in 1...3 {
      var options = options(path, held: 10)
      if interval { options.flush = .interval(milliseconds: 50) }
      let logger = try Logger(options)
      let count = 30_000
      for number in 1...count { logger.log(["run": .int(Int64(run)), "i": .int(Int64(number))]) }
      let viewer = try subscriber(logger)
      for number in 1...count {
        let delivery = try #require(try viewer.next(timeout: 5000), "\(run), \(number)")
        try #require(delivery.sequence == UInt64(number))
        let text = String(decoding: delivery.text, as: UTF8.self)
        try #require(text == "{\"run\":\(run),\"i\":\(number)}")
      }
      #expect(viewer.statistics.missed == 0)
      let middle = try subscriber(logger, .from(12_345))
      #expect(try middle.next(timeout: 5000)?.sequence == 12_345)
      try logger.close()
    }
  }

  /// Two loggers on one file: its lines are no longer the entries of one of them.
  @Test func aSharedFileIsNotReadBack() throws {
    let path = folder.file("log.jsonl")
    let logger = try Logger(options(path, held: 5))
    let other = try Logger(filename: path)
    for number in 1...100 {
      logger.log(["i": .int(Int64(number))])
      other.log(["other": .int(Int64(number))])
    }
    let viewer = try subscriber(logger)
    // From 96 on, unless the publisher has not taken in all yet.
    var last: UInt64 = 0
    while last < 100 {
      let delivery = try #require(try viewer.next(timeout: 20_000), "behind \(last)")
      #expect(delivery.sequence == last + 1 || last == 0)
      last = delivery.sequence
      #expect(String(decoding: delivery.text, as: UTF8.self) == "{\"i\":\(last)}")
    }
    #expect(try viewer.next(timeout: 200) == nil)
    try other.close()
    try logger.close()
  }

  @Test func aPortInUseIsAnErrorAtOpening() throws {
    let logger = try Logger(options(nil, held: 5))
    var second = options(nil, held: 5)
    second.stream?.pushPort = logger.pushPort
    let error = #expect(throws: MimirError.self) { try Logger(second) }
    #expect(error?.code == .addressInUse)
    #expect(error?.message.contains("\(logger.pushPort)") == true)
    second.stream?.pushPort = 0
    second.stream?.bind = "0.0.0.0"
    let open = #expect(throws: MimirError.self) { try Logger(second) }
    #expect(open?.code == .invalidArgument && open?.message.contains("insecure") == true)
    try logger.close()
  }
}
