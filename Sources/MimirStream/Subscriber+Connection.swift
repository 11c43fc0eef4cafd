import MimirBase
import MimirIO

/// What has become of the connections, and what that means for what comes over them.
extension Subscriber {
  /// Milliseconds after which a question is asked again, or given up.
  private static let patience = 2000
  private static let infoInterval = 1000
  /// For how long the past waits for the subscription.
  private static let subscriptionPatience = 1000
  private static let renewalPause = 100
  /// libzmq gives up a connection that was refused.
  private static let refusalPause = 1000

  func takeEvents() {
    var events: [SubscriberSockets.Event] = []
    while let event = sockets.takeEvent() { events.append(event) }
    for (index, event) in events.enumerated() {
      switch event {
      case .connected:
        isSubscribed = true
        hasConnected = true
        guard unsure else { continue }
        connectedAgain = true
        statistics.reconnections &+= 1
        asked = nil
        askInfo()
      case .disconnected:
        isSubscribed = false
        // Unless it has connected again meanwhile, all that is here is of the run that was.
        if mode == .modern, !connectedAgain, !events[(index + 1)...].contains(.connected) {
          drain()
        }
        doubt()
        if mode != .modern, options.routerPort > 0 { awaitHello() }
      case .unreachable: break
      case .refused: refuse()
      }
    }
    while let event = sockets.takeRouterEvent() {
      switch event {
      case .connected:
        hasConnected = true
        if router == .connecting { router = .connected }
      case .disconnected:
        router = .lost
        // While the live entries come over the same connection as before, so does their run.
        if !isSubscribed { doubt() }
        if mode == .original, snapshotting { awaitHello() }
      case .unreachable: liveWait?.failures += 1
      case .refused: refuse()
      }
    }
  }

  /// The connection was lost to a publisher that can't be asked what it was.
  func awaitHello() {
    // It may be gone with the hello unanswered: what has come of its run is none of the next one's.
    if mode == .hello || snapshotting {
      live.removeAll()
      _ = renewLive()
    }
    // A new name, or the hello would be the second one.
    router = .lost
    isSecond = expected != nil
    openedAt = Clock.milliseconds()
    mode = .hello
    liveWait = nil
    snapshotting = false
    snapshot.removeAll()
  }

  func renewLive() -> Bool {
    isSubscribed = false
    return sockets.renewLive()
  }

  /// What was asked over a connection that is lost, and not answered, is asked again.
  func renewQuestions() {
    let now = Clock.milliseconds()
    guard router == .lost, now - renewedAt >= Self.renewalPause else { return }
    renewedAt = now
    guard sockets.renewQuestions() else { return }
    router = .connecting
    saidHello = false
    asked = nil
  }

  /// A publisher that may be of the original kind must not be asked anything before the hello.
  var canAsk: Bool { router == .connected && saidHello }

  private func refuse() {
    if refusedAt == nil { refused = true }
    refusedAt = Clock.milliseconds()
  }

  /// What comes live from here on may be of another run: it stays where it is until that is known.
  /// Before anything was heard there is nothing to be unsure of.
  private func doubt() {
    guard mode == .modern else { return }
    if !unsure { connectedAgain = false }
    unsure = true
    doubtAt = Clock.milliseconds()
    liveWait = nil
  }

  private func drain() {
    while message.receive(from: sockets.sub) {
      guard message.count == 2, let sequence = Answer.sequence(message[0]) else { continue }
      if !live.add(sequence, message[1]) { knownLast = max(knownLast, sequence) }
    }
  }

  /// Whether what is missing can't be asked for: the publisher that had it is gone.
  var cannotAsk: Bool {
    nextRun != nil || (unsure && Clock.milliseconds() - doubtAt > Self.patience)
  }

  /// What has to be done from time to time.
  func tick(_ now: Int) {
    if let refusedAt, now - refusedAt >= Self.refusalPause {
      self.refusedAt = nil
      _ = renewLive()
      router = .lost
      doubt()
    }
    if unsure, liveWait == nil, sockets.hasLive { liveWait = LiveWait() }
    greet(now)
    switch mode {
    case .hello:
      // A publisher may have no ROUTER.
      if liveWait?.isOver(now) == true {
        mode = .live
        isSecond = false
      }
    case .modern where unsure && live.isEmpty && liveWait?.isOver(now) == true:
      // Nor may a new run of it.
      mode = .live
      unsure = false
      run = nil
      expected = nil
      statistics.restarts &+= 1
    case .modern:
      if let asked, now - asked.at > Self.patience { self.asked = nil }
      if now - infoAt >= Self.infoInterval { askInfo() }
    case .original, .live: break
    }
  }

  /// Says hello, once per connection: at the second one a publisher sends all that it holds.
  private func greet(_ now: Int) {
    guard router == .connected, !saidHello else { return }
    switch mode {
    case .hello:
      // Subscribed first: what comes after the past that is asked for now comes live.
      if isSubscribed || now - openedAt > Self.subscriptionPatience { sayHello() }
    // It may be another publisher; or it has come after it was given up.
    case .modern, .live: sayHello()
    case .original: break
    }
  }
}

/// How long live entries have waited for the ROUTER's answer.
struct LiveWait {
  /// A publisher that sends live entries has bound its ROUTER before; one attempt to connect may be
  /// older than they are.
  private static let mostFailures = 3
  private static let patience = 10_000

  private let begun = Clock.milliseconds()
  /// Attempts to connect since then that have failed.
  var failures = 0

  func isOver(_ now: Int) -> Bool {
    failures >= Self.mostFailures || now - begun > Self.patience
  }
}
