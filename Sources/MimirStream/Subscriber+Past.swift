import MimirBase
import MimirIO

extension Subscriber {
  func sayHello() {
    saidHello = true
    sockets.ask("ICANHAZ?")
  }

  /// Asks for a range, unless something is being waited for.
  func ask(from: UInt64, to: UInt64) {
    guard let run, asked == nil else { return }
    asked = (from, to, Clock.milliseconds())
    sockets.ask("MIMIR/1 entries \(run) \(from) \(to)")
  }

  func askInfo(soonest: Int = 0) {
    let now = Clock.milliseconds()
    guard now - infoAt >= soonest else { return }
    infoAt = now
    sockets.ask("MIMIR/1 info")
  }

  func receiveAnswers() {
    while blockPosition >= block.count, receiveAnswer() {}
  }

  /// Returns whether there was one.
  private func receiveAnswer() -> Bool {
    guard sockets.receiveAnswer(into: &message) else { return false }
    switch Answer(message) {
    case .info(let run, let first, let last): take(run: run, first: first, last: last)
    case .entries(let run, let first, let last): take(run: run, first: first, last: last, message[1])
    case .entry(let sequence): takeSnapshot(sequence, message[1])
    case .snapshotEnd: endSnapshot()
    case nil: break
    }
    return true
  }

  private func take(run: String, first: UInt64, last: UInt64) {
    // Of before the connection was lost.
    if unsure, router == .lost { return }
    infoAt = Clock.milliseconds()
    if let known = self.run, known != run {
      // What has come of the old run goes first: see `deliver`.
      nextRun = (run, last)
      asked = nil
      if live.isEmpty { startOver() }
      return
    }
    let isNew = self.run == nil
    self.run = run
    mode = .modern
    knownLast = last
    unsure = false
    connectedAgain = false
    if isNew, expected == nil { expected = start(first, last) }
  }

  /// All of the old run is delivered.
  func startOver() {
    guard let (run, last) = nextRun else { return }
    nextRun = nil
    self.run = run
    mode = .modern
    knownLast = last
    unsure = false
    connectedAgain = false
    statistics.restarts &+= 1
    live.removeAll()
    block.truncate(to: 0)
    blockPosition = 0
    asked = nil
    expected = 1
  }

  private func start(_ first: UInt64, _ last: UInt64) -> UInt64 {
    switch options.past {
    case .nothing: min(live.first ?? .max, last &+ 1)
    case .all: max(first, 1)
    case .last(let count): max(first, last >= count ? last - count + 1 : 1)
    case .from(let sequence): max(first, sequence)
    }
  }

  private func take(
    run: String, first: UInt64, last: UInt64, _ lines: UnsafeRawBufferPointer
  ) {
    guard run == self.run, let request = asked else { return }
    asked = nil
    let wanted = max(request.from, expected ?? 0)
    if lines.isEmpty {
      // None of them can be had. With a first one past the end, none up to there.
      if wanted <= request.to { statistics.missed &+= request.to &- wanted &+ 1 }
      expected = max(wanted, request.to &+ 1)
      return
    }
    if first > wanted { statistics.missed &+= first - wanted }
    block.truncate(to: 0)
    block.append(lines)
    blockPosition = 0
    blockNext = first
    // While these are delivered, the next ones come.
    if last < request.to { ask(from: last &+ 1, to: request.to) }
  }

  /// A publisher of the original kind has answered the hello.
  private func takeSnapshot(_ sequence: UInt64, _ text: UnsafeRawBufferPointer) {
    guard mode != .modern else { return }
    mode = .original
    snapshotting = true
    if options.past != .nothing { _ = snapshot.add(sequence, text) }
  }

  private func endSnapshot() {
    guard mode != .modern else { return }
    mode = .original
    snapshotting = false
    switch options.past {
    case .last(let count):
      while snapshot.count > count { _ = snapshot.take() }
    case .from(let sequence):
      while let first = snapshot.first, first < sequence { _ = snapshot.take() }
    case .nothing, .all: break
    }
  }
}
