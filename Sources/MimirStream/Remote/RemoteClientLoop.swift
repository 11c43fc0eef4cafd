import MimirBase
import MimirIO

/// What a client's thread does. Only it touches the sockets.
final class RemoteClientLoop {
  /// A thread that has just been busy looks again after a nap, and again, before it sleeps: being woken
  /// costs the one who logs more than that.
  private static let naps = 25
  private static let nap = 2
  private static let farewell = 500

  private let link: RemoteLink
  private let heritage: SpoolHeritage
  private let bell: Doorbell
  private let news: RemoteNews
  private var poller = Poller()
  /// Which connections the poller knows.
  private var polled = (0, 0, 0)

  init(
    _ link: RemoteLink, _ heritage: SpoolHeritage, _ bell: Doorbell,
    _ news: RemoteNews
  ) {
    self.link = link
    self.heritage = heritage
    self.bell = bell
    self.news = news
  }

  func run() {
    var idle = 0
    var endsAt: Int?
    while true {
      var busy = link.step()
      // After its own: those who are gone are in no hurry.
      if link.phase == .ready, link.backlog.isDone, heritage.step() { busy = true }
      report()
      if bell.isStopped {
        if endsAt == nil {
          endsAt = link.now + Self.farewell
          heritage.end()
          link.part()
        }
        if link.phase == .over || link.now >= endsAt ?? 0 { break }
      }
      if busy {
        idle = 0
        continue
      }
      idle += 1
      watch()
      poller.wait(pause(idle, isEnding: endsAt != nil))
      bell.clear()
      link.backlog.awake()
    }
    link.close()
    report()
  }

  private func pause(_ idle: Int, isEnding: Bool) -> Int {
    if isEnding { return 10 }
    switch link.phase {
    case .connecting, .greeting, .parting, .over, .refused: return 100
    case .ready:
      if heritage.link != nil { return 20 }
      guard link.canSend else { return link.heartbeat }
      // Nothing to send, or it would have been busy.
      if idle < Self.naps { return Self.nap }
      return link.backlog.mayWait(behind: link.sent) ? link.heartbeat : Self.nap
    }
  }

  private func watch() {
    let news = (link.connections, heritage.link?.connections ?? 0, heritage.number)
    guard news != polled else { return }
    polled = news
    poller = Poller()
    poller.add(descriptor: bell.bell)
    link.connection?.add(to: &poller)
    heritage.link?.connection?.add(to: &poller)
  }

  private func report() {
    news.set(
      RemoteReport(
        isConnected: link.phase == .ready, refused: link.refused, adopted: heritage.entries,
        reconnections: link.reconnections, problem: link.problem))
  }
}
