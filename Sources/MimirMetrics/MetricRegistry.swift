import Mimir
import MimirIO
import MimirJSON

/// What a factory has made, by name and kind: who asks again for a metric gets the same one.
final class MetricRegistry: Sendable {
  enum Kind: String {
    case counter, gauge, meter, recorder, timer
  }

  private struct Key: Hashable {
    let name: MetricName
    let kind: Kind
  }

  private struct Slot {
    let metric: any Metric
    /// To be reported once more.
    var isLast = false
  }

  private struct State {
    var slots: [Key: Slot] = [:]
    var keys: [ObjectIdentifier: Key] = [:]
    var lastReport = Clock.milliseconds()
  }

  private let state = Locked(State())
  private let generation = OpenFiles.generation

  func metric<Kept: Metric>(_ name: MetricName, _ kind: Kind, _ make: () -> Kept) -> Kept {
    // In a forked child the lock may be held for ever.
    guard generation == OpenFiles.generation else { return make() }
    let key = Key(name: name, kind: kind)
    return state.withLockUnchecked { state in
      if let kept = state.slots[key]?.metric as? Kept {
        state.slots[key]?.isLast = false
        return kept
      }
      let made = make()
      state.slots[key] = Slot(metric: made)
      state.keys[ObjectIdentifier(made)] = key
      return made
    }
  }

  func remove(_ handler: AnyObject) {
    guard generation == OpenFiles.generation else { return }
    state.withLockUnchecked { state in
      if let key = state.keys[ObjectIdentifier(handler)] { state.slots[key]?.isLast = true }
    }
  }

  /// All metrics at this moment; nil when there is none. What timers and recorders got begins anew.
  func entry() -> Entry? {
    let now = Clock.milliseconds()
    let (slots, elapsed) = state.withLockUnchecked { state in
      let slots = state.slots
      for (key, slot) in slots where slot.isLast {
        state.slots[key] = nil
        state.keys[ObjectIdentifier(slot.metric)] = nil
      }
      let elapsed = now - state.lastReport
      state.lastReport = now
      return (slots, elapsed)
    }
    guard !slots.isEmpty else { return nil }
    var object = JSONObject()
    object.append(key: "timestamp", value: .double(Clock.timestamp()))
    object.append(key: "interval", value: .double(Double(elapsed) / 1000))
    var taken: Set = ["timestamp", "interval"]
    let sorted = slots.sorted { left, right in
      (left.key.name, left.key.kind.rawValue) < (right.key.name, right.key.kind.rawValue)
    }
    for (key, slot) in sorted {
      slot.metric.report { suffix, value in
        var name = key.name.key(suffix: suffix)
        while !taken.insert(name).inserted { name += ".\(key.kind.rawValue)" }
        object.append(key: name, value: value)
      }
    }
    return Entry(object)
  }
}
