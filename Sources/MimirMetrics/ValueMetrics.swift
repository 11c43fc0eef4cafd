import CoreMetrics
import MimirJSON
import Synchronization

/// A value that is set, or goes up and down.
final class MeterMetric: Metric, MeterHandler {
  private let current = AtomicDouble(0)

  func set(_ value: Int64) { current.set(Double(value)) }
  func set(_ value: Double) { current.set(value) }

  // As swift-metrics' own meter does it, amounts that are none are left out.

  func increment(by amount: Double) {
    guard amount.isFinite, amount > 0 else { return }
    current.add(amount)
  }

  func decrement(by amount: Double) {
    guard amount.isFinite, amount > 0 else { return }
    current.add(-amount)
  }

  func report(_ member: (String, JSONValue) -> Void) { member("", .double(current.value)) }
}

/// The last value that was recorded.
final class GaugeMetric: Metric, RecorderHandler {
  private let last = AtomicDouble(0)
  private let isSet = Atomic(false)

  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    last.set(value)
    isSet.store(true, ordering: .releasing)
  }

  func report(_ member: (String, JSONValue) -> Void) {
    if isSet.load(ordering: .acquiring) { member("", .double(last.value)) }
  }
}
