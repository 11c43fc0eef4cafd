import MimirBase
import MimirIO
import MimirJSON
import MimirRing
import MimirStream
import Synchronization

/// What a logger's lock guards.
final class LoggerCore: Sendable {
  struct State: ~Copyable {
    var ring: EntryRing
    var handlers = HandlerList()
    var sequence: UInt64 = 0
    var nonfinite: UInt64 = 0
    /// Keys whose NaN or infinity was warned of.
    var warnedKeys: Set<String> = []
    /// How the last call failed: one warning per streak of the same failure.
    var failing: MimirError.Code?
    var closed = false
    /// The text under the policy for NaN and infinities.
    var stored = ByteBuffer()
  }

  let state: Locked<State>
  let errors = Atomic<UInt64>(0)

  init(maxlen: Int) { state = Locked(State(ring: EntryRing(maxlen: maxlen))) }

  func add(_ handler: any Handler, filters: [Filter]) {
    state.withLockUnchecked {
      $0.handlers.append(HandlerList.Slot(handler: handler, filters: filters))
    }
  }

  /// The one that the options asked for.
  var file: FileHandler? {
    state.withLockUnchecked { $0.handlers.handlers.lazy.compactMap { $0 as? FileHandler }.first }
  }

  var publisher: Publisher? {
    state.withLockUnchecked {
      $0.handlers.handlers.lazy.compactMap { ($0 as? PublisherHandler)?.publisher }.first
    }
  }

  func flush() -> MimirError? {
    inEach { handler throws(MimirError) in try handler.flush() }
  }

  func close() -> MimirError? {
    let alreadyClosed = state.withLockUnchecked { state in
      defer { state.closed = true }
      return state.closed
    }
    return alreadyClosed ? nil : inEach { handler throws(MimirError) in try handler.close() }
  }

  /// Outside the lock: writing out may take long, and `log` must not wait for it.
  private func inEach(_ body: (any Handler) throws(MimirError) -> Void) -> MimirError? {
    var first: MimirError?
    for handler in state.withLockUnchecked({ $0.handlers.handlers }) {
      do {
        try body(handler)
      } catch {
        first = first ?? error
      }
    }
    if first != nil { errors.add(1, ordering: .relaxed) }
    return first
  }

  func statistics() -> Logger.Statistics {
    var statistics = Logger.Statistics()
    let handlers = state.withLockUnchecked { state in
      statistics.entries = state.sequence
      statistics.nonfinite = state.nonfinite
      return state.handlers.handlers
    }
    statistics.errors = errors.load(ordering: .relaxed)
    for handler in handlers {
      guard let file = handler as? FileHandler else { continue }
      let counts = file.writer.counts()
      statistics.bytes += UInt64(counts.bytes)
      statistics.dropped += UInt64(counts.dropped)
      statistics.recovered += UInt64(counts.recovered)
      statistics.pendingEntries += UInt64(counts.pendingEntries)
      statistics.pendingBytes += UInt64(counts.pendingBytes)
      statistics.repairedBytes += UInt64(counts.repairedBytes)
    }
    return statistics
  }
}
