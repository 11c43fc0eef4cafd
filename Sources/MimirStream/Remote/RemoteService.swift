import CZmq
import Glibc
import MimirBase
import MimirIO
import MimirJSON
import Synchronization

/// Takes what clients send to a log server, and answers. On the server's thread. See docs/protocol.md.
final class RemoteService {
  /// What the answers to one client may be behind.
  static let window = 256 << 10
  /// Batches of all clients that may wait to be stored.
  private static let mostWaiting = 128 << 20
  private static let mostPerRound = 10_000
  /// Messages in a row that made no sense, after which libzmq is made to forget the others.
  private static let flood = 50_000

  let options: RemoteServer.Options
  let router: RouterSocket
  let log: any RemoteLog
  let counters: RemoteCounters
  var sessions: [[UInt8]: Session] = [:]
  /// Those of the original protocol that wait for room.
  var waiting: [Session] = []
  /// What those of them were called that left without a word, by their addresses: they may not be gone.
  var silent: [[UInt8]: String] = [:]
  var clients: [String: StoredClient] = [:]
  var presentClients = 0
  var nextNumber = 1
  var straggler: Straggler?
  /// Sessions with batches to be stored, the next one first.
  var ready: [Session] = []
  var waitingBytes = 0
  /// Sessions that are to be answered when the log has what it was given.
  var unanswered: [Session] = []
  /// The log is behind what it was given.
  var isDirty = false
  /// When to try again to bring the log to its file; nil: it is well.
  var retryAt: Int?
  var text = ByteBuffer()
  private var message = Message()
  private var ignoredInARow = 0
  private(set) var now = Clock.milliseconds()

  init(
    _ router: RouterSocket, _ log: any RemoteLog, _ options: RemoteServer.Options,
    _ counters: RemoteCounters
  ) throws(MimirError) {
    self.router = router
    self.log = log
    self.options = options
    self.counters = counters
    straggler = try Straggler(
      key: options.stragglerKey, stepKey: options.stragglerStepKey, every: options.stragglerEvery)
    var stored = StoredEntries()
    try log.forEachLine { stored.note($0) }
    for (id, last) in stored.last {
      let client = StoredClient(id, stored: last)
      client.number = stored.numbers[id] ?? 0
      clients[id] = client
    }
    nextNumber = stored.highestNumber + 1
  }

  /// Takes what has come. Returns whether there was anything.
  func receive() -> Bool {
    now = Clock.milliseconds()
    router.reopen()
    var taken = 0
    while taken < Self.mostPerRound {
      guard router.receive(into: &message) else {
        ignoredInARow = 0
        break
      }
      taken += 1
      if !take() {
        counters.ignored.add(1, ordering: .relaxed)
        ignoredInARow += 1
      }
    }
    if ignoredInARow > Self.flood {
      ignoredInARow = 0
      router.forget()
      for session in Array(sessions.values) { lose(session) }
    }
    return taken > 0
  }

  /// A message from a client: its address comes first. False when it makes no sense.
  private func take() -> Bool {
    guard (3...4).contains(message.count) else { return false }
    let address = [UInt8](message[0])
    if message[1].isEmpty { return takeOriginal(address) }
    guard message.count == 3, let head = ClientHead(message[1]) else { return false }
    if case .hello = head { return greet(address, message[2], message.descriptor(of: 2)) }
    guard let session = sessions[address], session.client != nil else {
      // It was here before this server was, or was given up.
      begin(address) { $0.send("MIMIR/1 hello", "") }
      return true
    }
    guard !session.ignored else { return false }
    hear(session)
    switch head {
    case .hello: return false
    case .ping: answer(session, "MIMIR/1 pong")
    case .bye:
      answer(session, "MIMIR/1 bye")
      leave(session)
    case .entries(let first, let count): return take(first, count, of: session)
    }
    return true
  }

  private func take(_ first: UInt64, _ count: UInt64, of session: Session) -> Bool {
    let lines = message[2]
    guard lines.last == UInt8(ascii: "\n"), UInt64(LineSplitter.lines(in: lines)) == count else {
      return false
    }
    if session.batches.isEmpty, session.behind, let client = session.client,
      first > client.logged + 1
    {
      // It was told where to go on; this was on its way before.
      return true
    }
    guard waitingBytes < Self.mostWaiting else {
      session.behind = true
      session.mustTellAgain = true
      if !session.owesAnswer { owe(session) }
      return true
    }
    guard session.batches.add(first, lines) else {
      session.ignored = true
      return false
    }
    queue(session, lines.count)
    return true
  }

  /// Two or three frames behind an empty one.
  private func takeOriginal(_ address: [UInt8]) -> Bool {
    let (first, isJoining) = (message[2], message[2].elementsEqual([1]))
    if message.count == 4 || isJoining {
      guard isJoining else { return false }
      let name = message.count == 4 ? String(decoding: message[3].prefix(256), as: UTF8.self) : ""
      joinOriginal(address, name, message.descriptor(of: 2))
      return true
    }
    guard let session = sessions[address] ?? joinUnknown(address, message.descriptor(of: 2)),
      session.client == nil
    else { return false }
    hear(session)
    if first.elementsEqual([3]) {
      begin(address) { $0.send("", [3]) }
      leave(session)
      return true
    }
    // It waits for its answer, or should.
    guard session.batches.isEmpty, session.batches.add(0, first) else { return false }
    queue(session, first.count)
    return true
  }

  private func hear(_ session: Session) {
    session.lastHeard = now
    session.isGone = false
    session.client?.lastHeard = now
  }

  private func queue(_ session: Session, _ bytes: Int) {
    waitingBytes += bytes
    if session.batches.count == 1 { ready.append(session) }
  }

  func answer(_ session: Session, _ head: String, _ body: String = "") {
    begin(session.address) { $0.send(head, body) }
  }

  /// A client that is gone is found by other means.
  func begin(_ address: [UInt8], _ send: (RouterSocket) -> Void) {
    if address.withUnsafeBytes({ router.send($0, more: true) }) == 0 { send(router) }
  }
}

extension RouterSocket {
  fileprivate func send(_ head: String, _ body: String) {
    send(head, more: true)
    send(body)
  }

  func send(_ head: String, _ body: [UInt8]) {
    send(head, more: true)
    _ = body.withUnsafeBytes { send($0, more: false) }
  }
}
