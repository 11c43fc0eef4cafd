import CoreMetrics
import Glibc
import Mimir
import MimirMetrics
import Testing

@Suite struct MetricsThreadTests {
  private func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<20_000 {
      if condition() { return true }
      usleep(1000)
    }
    return false
  }

  @Test func entriesComeByThemselvesUntilItIsClosed() throws {
    let log = try Logger(filename: nil, maxlen: .max)
    let metrics = try MimirMetricsFactory(logger: log, interval: .milliseconds(5))
    let counter = metrics.makeCounter(label: "n", dimensions: [])
    #expect(eventually { log.count >= 3 })
    counter.increment(by: 7)
    metrics.close()
    let count = log.count
    #expect(log[-1]?["n"] == 7)
    counter.increment(by: 1)
    metrics.close()
    usleep(50_000)
    #expect(log.count == count)
    #expect(log.entries.allSatisfy { ($0["interval"]?.doubleValue ?? -1) >= 0 })
  }

  @Test func whoForgetsToCloseItLosesNothing() throws {
    let log = try Logger(filename: nil, maxlen: 1)
    var metrics: MimirMetricsFactory? = try MimirMetricsFactory(
      logger: log, interval: .seconds(60))
    metrics?.makeCounter(label: "n", dimensions: []).increment(by: 7)
    metrics = nil
    #expect(log[-1]?["n"] == 7)
  }

  @Test func nothingIsLostBetweenThreads() async throws {
    let log = try Logger(filename: nil, maxlen: .max)
    let metrics = try MimirMetricsFactory(logger: log, interval: .milliseconds(1))
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<4 {
        group.addTask {
          for step in 0..<2000 {
            metrics.makeCounter(label: "n", dimensions: []).increment(by: 1)
            metrics.makeFloatingPointCounter(label: "f", dimensions: []).increment(by: 0.5)
            metrics.makeMeter(label: "m", dimensions: []).increment(by: 1)
            metrics.makeTimer(label: "t", dimensions: []).recordNanoseconds(Int64(step))
            let own = metrics.makeRecorder(
              label: "r", dimensions: [("task", "\(task)")], aggregate: true)
            own.record(Double(step))
          }
        }
      }
    }
    metrics.close()
    let last = try #require(log[-1])
    #expect(last["n"] == 8000)
    #expect(last["f"] == 4000.0)
    #expect(last["m"] == 8000.0)
    func total(_ key: String) -> Int {
      log.entries.reduce(0) { $0 + ($1[key]?.intValue ?? 0) }
    }
    #expect(total("t.count") == 8000)
    #expect(total("r.count{task=3}") == 2000)
  }

  @Test func anIntervalOutOfRangeIsAnError() throws {
    let log = try Logger(filename: nil, maxlen: 1)
    for interval in [Duration.zero, .microseconds(999), .seconds(3601), .seconds(Int64.max)] {
      let error = #expect(throws: MimirError.self) {
        try MimirMetricsFactory(logger: log, interval: interval)
      }
      #expect(error?.code == .invalidArgument)
    }
  }

  @Test func aClosedLogIsAnErrorOfFlush() throws {
    var options = Logger.Options(maxlen: 1)
    options.warnings = .off
    let log = try Logger(options)
    let metrics = try MimirMetricsFactory(logger: log)
    metrics.makeCounter(label: "n", dimensions: []).increment(by: 1)
    try log.close()
    #expect(throws: MimirError.self) { try metrics.flush() }
  }
}
