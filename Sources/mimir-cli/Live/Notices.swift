import MimirBase
import MimirIO

/// Tells on standard error what happens to a source, and gives up when it is not there.
struct Notices {
  private static let silence = 1000

  private let source: any EntrySource
  private let timeout: Int?
  private let begun = Clock.milliseconds()
  private var restarts: UInt64 = 0
  private var missed: UInt64 = 0
  private var hasToldOfWaiting = false

  init(_ source: any EntrySource, timeout: Double?) {
    self.source = source
    self.timeout = timeout.map { Int($0 * 1000) }
  }

  var hasRestarted: Bool { source.restarts != restarts }

  mutating func tell() {
    if source.restarts != restarts {
      restarts = source.restarts
      StandardError.print("mimir: \(source.name): a new run begins")
    }
    if source.missed != missed {
      let count = source.missed - missed
      missed = source.missed
      StandardError.print("mimir: \(source.name): \(count) entries were missed")
    }
    if !source.isThere, !hasToldOfWaiting, Clock.milliseconds() - begun >= Self.silence {
      hasToldOfWaiting = true
      StandardError.print("mimir: waiting for \(source.name)")
    }
  }

  func checkPatience() throws(MimirError) {
    guard let timeout, !source.isThere, Clock.milliseconds() - begun >= timeout else { return }
    throw MimirError(.timedOut, "\(source.name) is not there; nothing came within the timeout")
  }
}
