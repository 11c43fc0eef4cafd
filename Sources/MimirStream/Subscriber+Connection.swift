import MimirBase
import MimirIO

/// What has become of the connections, and what that means for what comes over them.
extension Subscriber {
  /// Milliseconds after which a question is asked again, or given up.
  private static let patience = 2000
  private static let infoInterval = 1000
  /// For how long live entries wait for a ROUTER that is there, for one that is not, and for one of
  /// which neither is known.
  private static let patienceWhenConnected = 10_000
  private static let patienceWhenUnreachable = 200
  private static let patienceAtFirst = 2000
  /// For how long the past waits for the subscription.
  private static let subscriptionPatience = 1000
  /// libzmq gives up a connection that was refused.
  private static let refusalPause = 1000

  func takeEvents() {
    var events: [SubscriberSockets.Event] = []
    while let event = sockets.takeEvent() { events.append(event) }
    for (index, event) in events.enumerated() {
      switch event {
      case .connected:
        // Subscribed first: what comes after the past that is asked for now comes live.
        if mode == .hello, !saidHello { sayHello() }
        guard unsure else { continue }
        connectedAgain = true
        statistics.reconnections &+= 1
        asked = nil
        askInfo()
      case .disconnected:
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
        // What was asked before may have gone with the connection.
        if router == .lost, mode == .hello, saidHello { sayHello() }
        if router == .lost, mode == .modern {
          asked = nil
          askInfo()
        }
        router = .connected
      case .disconnected:
        router = .lost
        doubt()
      case .unreachable: router = .unreachable
      case .refused: refuse()
      }
    }
  }

  /// The connection was lost to a publisher that can't be asked what it was.
  private func awaitHello() {
    // It may be gone with the hello unanswered: what has come of its run is none of the next one's.
    if mode == .hello || snapshotting {
      live.removeAll()
      _ = sockets.renewLive()
    }
    isSecond = expected != nil
    saidHello = false
    openedAt = Clock.milliseconds()
    mode = .hello
    firstLiveAt = nil
    snapshotting = false
    snapshot.removeAll()
  }

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
    firstLiveAt = nil
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
      sockets.connectAgain()
      if mode == .hello { sayHello() }
    }
    if unsure, firstLiveAt == nil, sockets.hasLive { firstLiveAt = now }
    switch mode {
    case .hello:
      if !saidHello, now - openedAt > Self.subscriptionPatience { sayHello() }
      // A publisher may have no ROUTER.
      if hasGivenUp(now) {
        mode = .live
        isSecond = false
      }
    case .modern where unsure && live.isEmpty && hasGivenUp(now):
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
}
