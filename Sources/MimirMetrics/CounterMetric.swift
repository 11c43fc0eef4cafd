import CoreMetrics
import MimirJSON
import Synchronization

/// A total; also of a label that is counted in whole numbers here and in fractions there.
final class CounterMetric: Metric, CounterHandler, FloatingPointCounterHandler {
  private let whole = Atomic<Int64>(0)
  private let fraction = AtomicDouble(0)

  func increment(by amount: Int64) {
    var old = whole.load(ordering: .relaxed)
    while true {
      let (sum, overflow) = old.addingReportingOverflow(amount)
      let new = overflow ? (amount < 0 ? .min : .max) : sum
      let (exchanged, original) = whole.weakCompareExchange(
        expected: old, desired: new, ordering: .relaxed)
      if exchanged { return }
      old = original
    }
  }

  /// As swift-metrics' own counter does it, what would not make the total greater is left out.
  func increment(by amount: Double) {
    guard amount.isFinite, amount > 0 else { return }
    fraction.add(amount)
  }

  func reset() {
    whole.store(0, ordering: .relaxed)
    fraction.set(0)
  }

  func report(_ member: (String, JSONValue) -> Void) {
    let whole = whole.load(ordering: .relaxed)
    let fraction = min(fraction.value, .greatestFiniteMagnitude)
    member("", fraction == 0 ? .int(whole) : .double(Double(whole) + fraction))
  }
}
