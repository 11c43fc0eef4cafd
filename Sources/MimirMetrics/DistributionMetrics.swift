import CoreMetrics
import MimirIO
import MimirJSON

/// Statistics of the values of one interval.
final class RecorderMetric: Metric, RecorderHandler {
  private let values = SharedDistribution()

  func record(_ value: Int64) { values.record(Double(value)) }
  func record(_ value: Double) { values.record(value) }
  func report(_ member: (String, JSONValue) -> Void) { values.take().report(member) }
}

/// Statistics of the durations of one interval, in seconds.
final class TimerMetric: Metric, TimerHandler {
  private let values = SharedDistribution()

  func recordNanoseconds(_ duration: Int64) { values.record(Double(duration) / 1e9) }
  func report(_ member: (String, JSONValue) -> Void) { values.take().report(member) }
}

private final class SharedDistribution: Sendable {
  private let current = Locked(Distribution())
  private let generation = OpenFiles.generation

  func record(_ value: Double) {
    // In a forked child the lock may be held for ever.
    guard generation == OpenFiles.generation else { return }
    current.withLockUnchecked { $0.record(value) }
  }

  /// Begins anew.
  func take() -> Distribution {
    current.withLockUnchecked { current in
      defer { current = Distribution() }
      return current
    }
  }
}

extension Distribution {
  fileprivate func report(_ member: (String, JSONValue) -> Void) {
    member(".count", JSONValue(count))
    if nonfinite > 0 { member(".nonfinite", JSONValue(nonfinite)) }
    guard count > 0 else { return }
    member(".sum", .double(sum))
    member(".mean", .double(mean))
    member(".min", .double(min))
    member(".max", .double(max))
    for (name, value) in zip([".p50", ".p90", ".p99"], quantiles([0.5, 0.9, 0.99])) {
      member(name, .double(value))
    }
  }
}
