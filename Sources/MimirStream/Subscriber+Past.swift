import MimirBase
import MimirIO

extension Subscriber {
  /// So that the caller is returned to, and memory bounded, whatever comes.
  private static let mostAnswers = 1000

  /// Whether all has been delivered that the publisher is known to have, or it has no past.
  package var isUpToDate: Bool {
    switch mode {
    case .hello: false
    case .modern:
      !unsure && nextRun == nil && asked == nil && live.isEmpty
        && expected.map { $0 > knownLast } ?? false
    case .original: !snapshotting && snapshot.isEmpty && live.isEmpty
    case .live: live.isEmpty
    }
  }

  /// Whether the publisher was there at some time.
  package var isFound: Bool { hasConnected || statistics.entries > 0 }

  func sayHello() {
    saidHello = true
    sockets.ask("ICANHAZ?")
  }

  /// Asks for a range, unless something is being waited for.
  func ask(from: UInt64, to: UInt64) {
    guard let run, asked == nil, canAsk else { return }
    asked = (from, to, Clock.milliseconds())
    sockets.ask("MIMIR/1 entries \(run) \(from) \(to)")
  }

  func askInfo(soonest: Int = 0) {
    let now = Clock.milliseconds()
    guard canAsk, now - infoAt >= soonest else { return }
    infoAt = now
    sockets.ask("MIMIR/1 info")
  }

  func receiveAnswers() {
    var taken = 0
    while taken < Self.mostAnswers, blockPosition >= block.count,
      holdsSnapshot || snapshot.count < UInt64(Self.mostAnswers), receiveAnswer()
    {
      taken += 1
    }
  }

  /// Returns whether there was one.
  private func receiveAnswer() -> Bool {
    // What came over a connection that is lost is of no use, but for a run that is known.
    if router == .lost, mode != .modern {
      renewQuestions()
      if router == .lost { return false }
    }
    guard sockets.receiveAnswer(into: &message) else {
      renewQuestions()
      return false
    }
    switch Answer(message) {
    case .info(let run, let first, let last): take(run: run, first: first, last: last)
    case .entries(let run, let first, let last):
      take(run: run, first: first, last: last, message[1])
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
      nextRun = .modern(run: run, last: last)
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
    guard isNew else { return }
    if let expected {
      // What was delivered has come from a publisher before this one.
      if isSecond || last &+ 1 < expected {
        nextRun = .modern(run: run, last: last)
        if live.isEmpty { startOver() }
      }
    } else {
      expected = start(first, last)
    }
    isSecond = false
  }

  /// All of the old run is delivered.
  func startOver() {
    guard let next = nextRun else { return }
    nextRun = nil
    connectedAgain = false
    statistics.restarts &+= 1
    live.removeAll()
    block.truncate(to: 0)
    blockPosition = 0
    asked = nil
    switch next {
    case .modern(let run, let last):
      self.run = run
      mode = .modern
      knownLast = last
      expected = 1
      // What has come and was not taken in may be of either run.
      unsure = renewLive()
      doubtAt = Clock.milliseconds()
      liveWait = nil
    case .original:
      // As to one that was never heard of: its snapshot has to come after the subscription.
      run = nil
      unsure = false
      expected = nil
      mode = .hello
      awaitHello()
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
    let wanted = max(request.from, expected ?? 0)
    if lines.isEmpty {
      asked = nil
      // None of them can be had. With a first one past the end, none up to there.
      if wanted <= request.to { statistics.miss(request.to - wanted + 1) }
      expected = max(wanted, request.to &+ 1)
      return
    }
    // Else it is nonsense, and asked for again after a while.
    guard request.from <= first, first <= last, last <= request.to else { return }
    asked = nil
    if first > wanted { statistics.miss(first - wanted) }
    block.truncate(to: 0)
    block.append(lines)
    blockPosition = 0
    blockNext = first
    blockLast = last
    // While these are delivered, the next ones come.
    if last < request.to { ask(from: last &+ 1, to: request.to) }
  }

  /// Where the publisher was that of a known run, another kind of answer to the hello.
  private func takeOriginal() {
    guard unsure, canAsk, nextRun == nil else { return }
    nextRun = .original
    if live.isEmpty { startOver() }
  }

  /// A publisher of the original kind has answered the hello.
  private func takeSnapshot(_ sequence: UInt64, _ text: UnsafeRawBufferPointer) {
    guard mode != .modern else { return takeOriginal() }
    mode = .original
    snapshotting = true
    if options.past == .nothing { return }
    if case .from(let first) = options.past, sequence < first { return }
    if case .last(let count) = options.past {
      guard count > 0 else { return }
      while snapshot.count >= count { _ = snapshot.take() }
    }
    snapshot.tidy()
    while !snapshot.add(sequence, text) {
      _ = snapshot.take()
      statistics.miss(1)
    }
    snapshotLast = sequence
  }

  private func endSnapshot() {
    guard mode != .modern else { return takeOriginal() }
    mode = .original
    snapshotting = false
    guard isSecond else { return }
    isSecond = false
    // Less than what was delivered: a new run.
    if let last = snapshotLast, let expected, last + 1 < expected {
      statistics.restarts += 1
      self.expected = nil
    }
  }
}
