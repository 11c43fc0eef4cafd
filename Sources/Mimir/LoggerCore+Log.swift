import MimirBase
import MimirIO
import MimirJSON
import MimirRing
import Synchronization

extension LoggerCore {
  /// What a call has to say when it has given the lock back. Made only when there is something.
  final class Outcome {
    var error: MimirError?
    var warnings: [Warning] = []
  }

  /// Numbers an entry and hands it on. `line` is checked, compact and ends with a newline; it holds
  /// `tokens` bare NaN and infinity tokens. Returns nil when all went well.
  func log(
    _ line: UnsafeRawBufferPointer, tokens: Int, policy: NonfinitePolicy, maxBytes: Int
  ) -> Outcome? {
    var outcome: Outcome?
    do {
      try state.withLock { state throws(MimirError) in
        guard !state.closed else {
          throw MimirError(.closed, "the logger is closed; log before closing it, or open another")
        }
        guard line.count <= maxBytes + 1 else {
          throw MimirError(
            .tooLarge,
            "the entry has \(line.count - 1) bytes and max_entry_bytes is \(maxBytes); "
              + "log less at once, or raise it")
        }
        state.nonfinite += UInt64(tokens)
        // Memory alone keeps the true values: then there is nothing to replace or to warn of.
        let asLogged = tokens == 0 || state.handlers.isEmpty && policy != .error
        let stored = asLogged ? line : try store(line, policy, &state, &outcome)
        state.sequence += 1
        state.ring.push(UnsafeRawBufferPointer(rebasing: line[..<(line.count - 1)]))
        let record = Record(sequence: state.sequence, line: stored, exact: line)
        if let error = handOn(record, policy, state) {
          note(error, &state, &outcome)
        } else {
          state.failing = nil
        }
      }
    } catch {
      fill(&outcome).error = error
    }
    if outcome?.error != nil { errors.add(1, ordering: .relaxed) }
    return outcome
  }

  /// Applies the policy for NaN and infinities; the result lies in `state.stored`.
  private func store(
    _ line: UnsafeRawBufferPointer, _ policy: NonfinitePolicy, _ state: inout State,
    _ outcome: inout Outcome?
  ) throws(MimirError) -> UnsafeRawBufferPointer {
    var findings: [NonfiniteFinding] = []
    state.stored.truncate(to: 0)
    let text = UnsafeRawBufferPointer(rebasing: line.dropLast())
    try Nonfinite.apply(text, policy: policy, into: &state.stored) { findings.append($0) }
    state.stored.append(UInt8(ascii: "\n"))
    for finding in findings {
      // Bounded, for a program that makes up a new key each time.
      guard state.warnedKeys.count < 10_000,
        state.warnedKeys.insert(finding.pointer).inserted
      else { continue }
      fill(&outcome).warnings.append(
        Warning(
          code: nil,
          message: "\(finding.pointer) is \(finding.value) in entry \(state.sequence + 1), "
            + "and is written as \(policy.description); this key warns once"))
    }
    return state.stored.bytes
  }

  private func handOn(
    _ record: borrowing Record, _ policy: NonfinitePolicy, _ state: borrowing State
  ) -> MimirError? {
    var first: MimirError?
    var filtered: FilteredEntries?
    state.handlers.forEach { slot in
      do throws(MimirError) {
        if slot.filters.isEmpty {
          try slot.handler.log(record)
        } else {
          var entries = filtered ?? FilteredEntries()
          defer { filtered = entries }
          try entries.log(record, to: slot.handler, slot.filters, policy)
        }
      } catch {
        first = first ?? error
      }
    }
    return first
  }

  private func note(_ error: MimirError, _ state: inout State, _ outcome: inout Outcome?) {
    let outcome = fill(&outcome)
    outcome.error = error
    guard state.failing != error.code else { return }
    state.failing = error.code
    outcome.warnings.append(Warning(code: error.code, message: error.message))
  }

  private func fill(_ outcome: inout Outcome?) -> Outcome {
    if let outcome { return outcome }
    let made = Outcome()
    outcome = made
    return made
  }
}

extension NonfinitePolicy {
  fileprivate var description: String {
    switch self {
    case .null: "null"
    case .tagged: "null with a tag"
    case .string: "a string"
    case .literal: "it is, which is not JSON"
    case .error: "an error"
    }
  }
}
