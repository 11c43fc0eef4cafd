import CoreMetrics
import Mimir
import MimirMetrics
import Testing

@Suite struct MimirMetricsFactoryTests {
  let log: Logger
  let metrics: MimirMetricsFactory

  init() throws {
    log = try Logger(filename: nil, maxlen: 10)
    metrics = try MimirMetricsFactory(logger: log, interval: .seconds(3600))
  }

  private func flushed() throws -> Entry {
    try metrics.flush()
    return try #require(log[-1])
  }

  @Test func countersAreTotals() throws {
    let counter = metrics.makeCounter(label: "requests", dimensions: [])
    counter.increment(by: 2)
    #expect(try flushed()["requests"] == 2)
    counter.increment(by: 3)
    #expect(try flushed()["requests"] == 5)
    #expect(try flushed()["requests"] == 5)
    counter.reset()
    #expect(try flushed()["requests"] == 0)
  }

  @Test func aCounterStopsAtTheEndsOfItsRange() throws {
    let counter = metrics.makeCounter(label: "up", dimensions: [])
    counter.increment(by: .max)
    counter.increment(by: 1)
    let down = metrics.makeCounter(label: "down", dimensions: [])
    down.increment(by: .min)
    down.increment(by: -1)
    let fraction = metrics.makeFloatingPointCounter(label: "fraction", dimensions: [])
    for _ in 0..<3 { fraction.increment(by: .greatestFiniteMagnitude) }
    let entry = try flushed()
    #expect(entry["up"] == .int(.max))
    #expect(entry["down"] == .int(.min))
    #expect(entry["fraction"] == .double(.greatestFiniteMagnitude))
  }

  @Test func floatingPointCountersLeaveOutWhatIsNoAmount() throws {
    let counter = metrics.makeFloatingPointCounter(label: "cpu", dimensions: [])
    for amount in [0.25, .nan, .infinity, -1, 0.5] { counter.increment(by: amount) }
    #expect(try flushed()["cpu"] == .double(0.75))
    metrics.makeCounter(label: "cpu", dimensions: []).increment(by: 2)
    #expect(try flushed()["cpu"] == .double(2.75))
  }

  @Test func metersAndGaugesHaveTheirValue() throws {
    let meter = metrics.makeMeter(label: "queue", dimensions: [])
    let gauge = metrics.makeRecorder(label: "heap", dimensions: [], aggregate: false)
    #expect(try flushed().keys == ["timestamp", "interval", "queue"])
    meter.set(Int64(10))
    meter.increment(by: 2.5)
    meter.decrement(by: 1)
    meter.increment(by: .nan)
    gauge.record(Int64(7))
    gauge.record(3.5)
    let entry = try flushed()
    #expect(entry["queue"] == .double(11.5))
    #expect(entry["heap"] == .double(3.5))
    gauge.record(.nan)
    #expect(try flushed()["heap"] == .double(.nan))
  }

  @Test func timersGiveTheStatisticsOfAnIntervalInSeconds() throws {
    let timer = metrics.makeTimer(label: "db.query", dimensions: [])
    for milliseconds in 1...100 { timer.recordNanoseconds(Int64(milliseconds) * 1_000_000) }
    let entry = try flushed()
    #expect(
      entry.keys.dropFirst(2) == [
        "db.query.count", "db.query.sum", "db.query.mean", "db.query.min", "db.query.max",
        "db.query.p50", "db.query.p90", "db.query.p99",
      ])
    #expect(entry["db.query.count"] == 100)
    #expect(entry["db.query.min"] == 0.001)
    #expect(entry["db.query.max"] == 0.1)
    for (key, exact) in [("sum", 5.05), ("mean", 0.0505), ("p50", 0.05), ("p90", 0.09)] {
      let value = try #require(entry["db.query.\(key)"]?.doubleValue)
      #expect(abs(value - exact) < exact * 0.01, "\(key)")
    }
    #expect(try flushed().keys.dropFirst(2) == ["db.query.count"])
    timer.recordNanoseconds(.max)
    timer.recordNanoseconds(.min)
    #expect(try flushed()["db.query.count"] == 2)
  }

  @Test func recordersGiveTheStatisticsOfAnInterval() throws {
    let recorder = metrics.makeRecorder(label: "size", dimensions: [], aggregate: true)
    recorder.record(Int64(-2))
    recorder.record(4.0)
    recorder.record(.nan)
    let entry = try flushed()
    #expect(entry["size.count"] == 2)
    #expect(entry["size.nonfinite"] == 1)
    #expect(entry["size.min"] == -2.0)
    #expect(entry["size.max"] == 4.0)
    #expect(entry["size.mean"] == 1.0)
  }

  @Test func aMetricIsKnownByLabelAndDimensions() throws {
    for dimensions in [[("a", "1"), ("b", "2")], [("b", "2"), ("a", "1")]] {
      metrics.makeCounter(label: "n", dimensions: dimensions).increment(by: 1)
    }
    metrics.makeCounter(label: "n", dimensions: [("a", "1,b=2")]).increment(by: 5)
    metrics.makeTimer(label: "t", dimensions: [("path", "/{id}")]).recordNanoseconds(1)
    let entry = try flushed()
    #expect(entry["n{a=1,b=2}"] == 2)
    #expect(entry[#"n{a=1\,b\=2}"#] == 5)
    #expect(entry[#"t.count{path=/\{id\}}"#] == 1)
  }

  @Test func noMetricHidesAnother() throws {
    metrics.makeCounter(label: "jobs", dimensions: []).increment(by: 1)
    metrics.makeRecorder(label: "jobs", dimensions: [], aggregate: false).record(2.0)
    metrics.makeMeter(label: "timestamp", dimensions: []).set(3.0)
    metrics.makeCounter(label: "t.count", dimensions: []).increment(by: 4)
    metrics.makeTimer(label: "t", dimensions: []).recordNanoseconds(1)
    let entry = try flushed()
    #expect(entry["jobs"] == 1)
    #expect(entry["jobs.gauge"] == 2.0)
    #expect(entry["timestamp.meter"] == 3.0)
    #expect(Set(entry.keys).count == entry.keys.count)
    #expect(Set([entry["t.count"], entry["t.count.counter"]]) == [1, 4])
  }

  @Test func whatIsDestroyedIsReportedOnceMore() throws {
    let counter = metrics.makeCounter(label: "short", dimensions: [])
    counter.increment(by: 1)
    metrics.destroyCounter(counter)
    #expect(try flushed()["short"] == 1)
    try metrics.flush()
    #expect(log.count == 1)
    metrics.makeCounter(label: "short", dimensions: []).increment(by: 1)
    #expect(try flushed()["short"] == 1)
    // Made anew before it was gone: it goes on.
    metrics.destroyCounter(metrics.makeCounter(label: "short", dimensions: []))
    metrics.makeCounter(label: "short", dimensions: []).increment(by: 1)
    #expect(try flushed()["short"] == 2)
    #expect(try flushed()["short"] == 2)
  }
}
