import Glibc
import Mimir
import MimirBase
import Testing

@Suite struct SubscriptionTests {
  private func logger() throws -> Logger {
    var options = Logger.Options()
    var stream = StreamOptions(maxlen: 1000)
    (stream.pushPort, stream.routerPort) = (0, 0)
    options.stream = stream
    options.warnings = .off
    return try Logger(options)
  }

  @Test func entriesComeInALoop() async throws {
    let logger = try logger()
    for number in 1...500 { logger.log(["i": .int(Int64(number))]) }
    let subscription = try Subscription(
      host: "127.0.0.1", pushPort: logger.pushPort, routerPort: logger.routerPort)
    var numbers: [Int] = []
    for try await live in subscription {
      #expect(live.entry["i"]?.intValue == Int(live.sequence))
      numbers.append(Int(live.sequence))
      if numbers.count == 500 {
        for number in 501...1000 { logger.log(["i": .int(Int64(number))]) }
      }
      if numbers.count == 1000 { break }
    }
    #expect(numbers == Array(1...1000))
    let statistics = subscription.statistics
    #expect(statistics.entries == 1000 && statistics.missed == 0 && statistics.run == logger.run)
    try logger.close()
  }

  /// A loop that waits for entries which never come ends with its task.
  @Test func aCancelledTaskEndsTheLoop() async throws {
    let logger = try logger()
    let subscription = try Subscription(
      host: "127.0.0.1", pushPort: logger.pushPort, routerPort: logger.routerPort)
    let task = Task { () -> Int in
      var count = 0
      for try await _ in subscription { count += 1 }
      return count
    }
    logger.log(["i": 1])
    while subscription.statistics.entries == 0 { try await Task.sleep(for: .milliseconds(20)) }
    task.cancel()
    #expect(try await task.value == 1)
    try logger.close()
  }

  @Test func whatCannotBeOpenedSaysWhy() throws {
    var options = Subscription.Options()
    options.keyFile = "/no/such/key"
    let half = #expect(throws: MimirError.self) { try Subscription(options) }
    #expect(half?.code == .invalidArgument)
    options.serverKey = "/no/such/key.pub"
    let missing = #expect(throws: MimirError.self) { try Subscription(options) }
    #expect(missing?.code == .notFound && missing?.message.contains("/no/such/key") == true)
    options = Subscription.Options()
    options.host = "no such host"
    let host = #expect(throws: MimirError.self) { try Subscription(options) }
    #expect(host?.code == .invalidArgument)
  }
}
