import MimirBase
import MimirIO

/// Tells on standard error what happens to a source, and gives up when it is not there.
struct Notices {
  private static let silence = 1000

  private let source: any EntrySource
  private let timeout: Int?
  private let tellsOfSkipped: Bool
  private let begun = Clock.milliseconds()
  private var restarts: UInt64 = 0
  private var missed: UInt64 = 0
  private var hasToldOfWaiting = false
  private var hasToldOfSkipped = false
  private var wasThere = false

  /// - Parameter tellsOfSkipped: for what never comes to a report at its end.
  init(_ source: any EntrySource, timeout: Double?, tellsOfSkipped: Bool = false) {
    self.source = source
    self.timeout = timeout.map { Int($0 * 1000) }
    self.tellsOfSkipped = tellsOfSkipped
  }

  var hasRestarted: Bool { source.restarts != restarts }

  mutating func tell() {
    if source.restarts != restarts {
      restarts = source.restarts
      StandardError.print("\(source.name): a new run begins")
    }
    if source.missed != missed {
      let count = source.missed - missed
      missed = source.missed
      StandardError.print("\(source.name): \(count) entries were missed")
    }
    if tellsOfSkipped, !hasToldOfSkipped, source.skipped > 0 {
      hasToldOfSkipped = true
      StandardError.print(
        "\(source.name): what is no JSON object is left out, as now for the first time")
    }
    if !source.isThere, !hasToldOfWaiting, Clock.milliseconds() - begun >= Self.silence {
      hasToldOfWaiting = true
      StandardError.print("waiting for \(source.name)")
    }
  }

  /// What was there once may go and come: only its first coming has a limit.
  mutating func checkPatience() throws(MimirError) {
    if source.isThere || source.restarts > 0 { wasThere = true }
    guard let timeout, !wasThere, Clock.milliseconds() - begun >= timeout else { return }
    throw MimirError(.timedOut, "\(source.name) is not there; nothing came within the timeout")
  }
}
