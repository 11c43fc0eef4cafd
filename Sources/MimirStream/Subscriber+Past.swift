import MimirBase
import MimirIO

extension Subscriber {
  /// Milliseconds after which a question is asked again, or given up.
  private static let patience = 2000
  private static let infoInterval = 1000
  /// For how long live entries wait for a ROUTER that is there, for one that is not, and for one of
  /// which neither is known.
  private static let patienceWhenConnected = 10_000
  private static let patienceWhenUnreachable = 200
  private static let patienceAtFirst = 2000

  func sayHello() { sockets.ask("ICANHAZ?") }

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

  func takeEvents() {
    while let event = sockets.takeEvent() {
      switch event {
      case .connected:
        guard unsure else { continue }
        statistics.reconnections += 1
        asked = nil
        askInfo()
      case .disconnected:
        doubt()
      case .unreachable: break
      case .refused: refused = true
      }
    }
    while let event = sockets.takeRouterEvent() {
      switch event {
      case .connected:
        // What was asked before may have gone with the connection.
        if router == .lost, mode == .hello { sayHello() }
        if router == .lost, mode == .modern {
          asked = nil
          askInfo()
        }
        router = .connected
      case .disconnected:
        router = .lost
        doubt()
      case .unreachable: router = .unreachable
      case .refused: refused = true
      }
    }
  }

  /// What comes live from here on may be of another run. Before anything was heard there is nothing to
  /// be unsure of.
  private func doubt() {
    guard mode == .modern else { return }
    unsure = true
    firstLiveAt = nil
  }

  /// What has to be done from time to time.
  func tick(_ now: Int) {
    switch mode {
    case .hello:
      // A publisher may have no ROUTER.
      if hasGivenUp(now) { mode = .live }
    case .modern where unsure && hasGivenUp(now):
      // Nor may a new run of it.
      mode = .live
      unsure = false
      run = nil
      expected = nil
      statistics.restarts += 1
    case .modern:
      if let asked, now - asked.at > Self.patience { self.asked = nil }
      if now - infoAt >= Self.infoInterval { askInfo() }
    case .original, .live: break
    }
  }

  /// Whether live entries have waited for the ROUTER's answer for long enough.
  private func hasGivenUp(_ now: Int) -> Bool {
    guard let firstLiveAt else { return false }
    let patience =
      switch router {
      case .connected: Self.patienceWhenConnected
      case .unreachable: Self.patienceWhenUnreachable
      case .unknown, .lost: Self.patienceAtFirst
      }
    return now - firstLiveAt > patience
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
    let known = self.run
    self.run = run
    mode = .modern
    knownLast = last
    unsure = false
    infoAt = Clock.milliseconds()
    if known == nil {
      if expected == nil { expected = start(first, last) }
    } else if known != run {
      statistics.restarts += 1
      live.removeAll()
      block.truncate(to: 0)
      blockPosition = 0
      asked = nil
      expected = 1
    }
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
      if wanted <= request.to { statistics.missed += request.to - wanted + 1 }
      expected = max(wanted, request.to &+ 1)
      return
    }
    if first > wanted { statistics.missed += first - wanted }
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
