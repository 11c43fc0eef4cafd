public import CoreMetrics
public import Mimir
public import MimirBase
import MimirIO
import Synchronization

/// Lets the metrics of swift-metrics land in a Mímir log: all of them in one entry per interval.
///
///     import Metrics
///     import Mimir
///     import MimirMetrics
///
///     let log = try Mimir.Logger(filename: "metrics.jsonl.gz")
///     let metrics = try MimirMetricsFactory(logger: log, interval: .seconds(10))
///     MetricsSystem.bootstrap(metrics)
///     defer { metrics.close() }
///
/// An entry has `timestamp` (seconds since 1970), `interval` (seconds since the one before), and then a
/// member for each metric, or several, so that each is a column wherever the log is read:
///
/// - term Counter, FloatingPointCounter: `LABEL`, the total since the start or the last reset.
/// - term Meter, Gauge: `LABEL`, the value at this moment; a gauge that was never set is left out.
/// - term Timer: `LABEL.count`, how many durations came in the interval, and, if any did, `LABEL.sum`,
///   `.mean`, `.min`, `.max`, `.p50`, `.p90` and `.p99` of them, in **seconds**. Percentiles are within
///   1 % of the true value.
/// - term Recorder: the same, in the unit that was recorded.
///
/// Dimensions follow in braces, in alphabetical order: `http.requests{method=GET,status=200}`,
/// `db.query.p99{table=users}`. A `\` precedes any of `\{},=` that belongs to a name or value. Of two
/// metrics that would get one name, the later one's gets its kind behind it: `jobs.gauge`.
///
/// NaN and infinities that a timer or recorder gets are left out of its statistics, and counted in
/// `LABEL.nonfinite`; totals stop at the ends of their range. Any number of threads may record; a counter,
/// a meter or a gauge takes no lock.
public final class MimirMetricsFactory: MetricsFactory, Sendable {
  private let logger: Logger
  private let registry = MetricRegistry()
  private let generation = OpenFiles.generation
  private let timer = Locked<FlushTimer?>(nil)
  private let closed = Atomic(false)

  /// - Parameters:
  ///   - logger: where the entries go; it stays yours to close, after this.
  ///   - interval: 1 ms to an hour.
  /// - Throws: `.invalidArgument`; `.outOfMemory` when the system has no thread to give.
  public init(logger: Logger, interval: Duration = .seconds(10)) throws(MimirError) {
    guard interval >= .milliseconds(1), interval <= .seconds(3600) else {
      throw MimirError(
        .invalidArgument, "the interval of metrics is \(interval); it must be 1 ms to an hour")
    }
    self.logger = logger
    let (seconds, attoseconds) = interval.components
    let milliseconds = Int(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    let timer = FlushTimer(interval: milliseconds, name: "mimir-metrics") { [weak self] in
      self?.report()
    }
    guard timer.isRunning else {
      throw MimirError(.outOfMemory, "the system has no thread for metrics")
    }
    self.timer.withLockUnchecked { $0 = timer }
    timer.wake(urgent: false)
  }

  deinit { close() }

  /// Logs an entry now; the interval of the next one begins.
  ///
  /// - Throws: what `Logger.tryLog` throws; `.forked` in a child process.
  public func flush() throws(MimirError) {
    guard generation == OpenFiles.generation else {
      throw MimirError(.forked, "these metrics belong to the parent process; bootstrap anew here")
    }
    if let entry = registry.entry() { try logger.tryLog(entry) }
  }

  /// Logs the last entry and ends the thread; the logger stays open. Closing again does nothing.
  public func close() {
    guard generation == OpenFiles.generation,
      !closed.exchange(true, ordering: .acquiringAndReleasing)
    else { return }
    timer.withLockUnchecked { $0 }?.stop()
    if let entry = registry.entry() { logger.log(entry) }
  }

  private func report() {
    if let entry = registry.entry() { logger.log(entry) }
    timer.withLockUnchecked { $0 }?.wake(urgent: false)
  }
}

extension MimirMetricsFactory {
  public func makeCounter(
    label: String, dimensions: [(String, String)]
  ) -> any CounterHandler {
    registry.metric(MetricName(label, dimensions), .counter) { CounterMetric() }
  }

  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    registry.metric(MetricName(label, dimensions), .counter) { CounterMetric() }
  }

  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    registry.metric(MetricName(label, dimensions), .meter) { MeterMetric() }
  }

  public func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    let name = MetricName(label, dimensions)
    return aggregate
      ? registry.metric(name, .recorder) { RecorderMetric() }
      : registry.metric(name, .gauge) { GaugeMetric() }
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    registry.metric(MetricName(label, dimensions), .timer) { TimerMetric() }
  }

  // What is destroyed is reported once more.

  public func destroyCounter(_ handler: any CounterHandler) { registry.remove(handler) }

  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
    registry.remove(handler)
  }

  public func destroyMeter(_ handler: any MeterHandler) { registry.remove(handler) }

  public func destroyRecorder(_ handler: any RecorderHandler) { registry.remove(handler) }

  public func destroyTimer(_ handler: any TimerHandler) { registry.remove(handler) }
}
