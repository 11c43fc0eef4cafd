import CZmq
import Glibc
import MimirBase

/// Answers what clients ask the ROUTER. On the publisher's thread. See docs/protocol.md.
final class Service {
  /// Bytes that may be on their way to one client, and to all.
  private static let mostPerClient = 4 << 20
  private static let mostForAll = 64 << 20
  private static let mostPerRound = 256
  private static let mostSnapshots = 16
  private static let mostIdleClients = 4096

  private let router: RouterSocket
  private let run: String
  private let version: String
  private let archive: ArchiveThread?
  private var clients: [[UInt8]: Client] = [:]
  private var message = Message()
  private var buffer = ByteBuffer()
  var store: EntryStore
  /// Takes in what was logged before a request came, so that the answer has it.
  var beforeAnswering: () -> Void = {}
  private(set) var requests: UInt64 = 0
  private(set) var ignored: UInt64 = 0

  init(
    _ router: RouterSocket, run: String, version: String, store: consuming EntryStore,
    archive: ArchiveThread?
  ) {
    self.router = router
    self.run = run
    self.version = version
    self.store = store
    self.archive = archive
  }

  func add(to poller: inout Poller) { router.add(to: &poller) }

  /// Whether `add` has to be called again.
  func hasNewSocket() -> Bool { router.takeNews() }

  /// Whether it is closed for a moment.
  var isClosed: Bool { !router.isOpen }

  /// Takes requests, and what the archive has read. Returns whether there was anything.
  func serve() -> Bool {
    router.reopen()
    var taken = 0
    while taken < Self.mostPerRound, router.receive(into: &message) {
      if taken == 0 { beforeAnswering() }
      taken += 1
      // The client's identity comes first.
      guard message.count == 2, let request = Request(message[1]) else {
        ignored += 1
        continue
      }
      requests += 1
      if let client = client([UInt8](message[0])) { answer(request, of: client) }
    }
    // To the new socket they all are new clients.
    if router.endFlood() { clients.removeAll() }
    while let answer = archive?.takeAnswer() {
      taken += 1
      send(answer)
    }
    return taken > 0
  }

  /// Goes on with snapshots. Returns whether one waits for its client to take what it has been sent.
  func pump() -> Bool {
    var waits = false
    for client in clients.values where client.snapshot != nil && !client.waitsForArchive {
      if sendSnapshot(to: client) { waits = true }
    }
    return waits
  }

  private func client(_ identity: [UInt8]) -> Client? {
    if let known = clients[identity] { return known }
    if clients.count >= Self.mostIdleClients { clients = clients.filter { !$0.value.isIdle } }
    guard let gauge = try? Gauge() else { return nil }
    let client = Client(identity, gauge)
    clients[identity] = client
    return client
  }

  private func mayGetMore(_ client: Client) -> Bool {
    guard client.gauge.bytes < Self.mostPerClient else { return false }
    // A share of what is left, so that those who take nothing leave something for the next one.
    let left = Self.mostForAll - clients.values.reduce(0) { $0 + $1.gauge.bytes }
    return client.gauge.bytes < left / 8
  }

  private func answer(_ request: Request, of client: Client) {
    switch request {
    case .snapshot where client.isModern && !client.greeted:
      client.greeted = true
      sendInfo(to: client)
    case .snapshot:
      if client.snapshot == nil {
        client.snapshot = (store.first, store.last)
        _ = sendSnapshot(to: client)
      } else if client.moreSnapshots < Self.mostSnapshots {
        client.moreSnapshots += 1
      } else {
        ignored += 1
      }
    case .info:
      client.greeted = true
      sendInfo(to: client)
    case .entries(let wanted, let from, let to):
      client.greeted = true
      guard mayGetMore(client), !client.waitsForArchive else {
        // It asks again when it has taken what it was sent.
        ignored += 1
        return
      }
      if wanted == run {
        sendEntries(from: max(from, 1), to: min(to ?? .max, store.last), to: client)
      } else {
        sendInfo(to: client)
      }
    }
  }

  private func sendInfo(to client: Client) {
    let first = archive == nil || store.last == 0 ? store.first : 1
    let info =
      "{\"run\":\"\(run)\",\"first\":\(first),\"last\":\(store.last),\"version\":\"\(version)\"}"
    var text = info
    text.withUTF8 { send("MIMIR/1 info", UnsafeRawBufferPointer($0), to: client) }
  }

  private func sendEntries(from: UInt64, to: UInt64, to client: Client) {
    guard from <= to else { return sendEntries(0, from: from, to: client) }
    let limit = ReadLimit(
      entries: Int(min(to - from + 1, UInt64(ReadLimit.answer.entries))),
      bytes: ReadLimit.answer.bytes)
    if from < store.first, let archive {
      let request = ArchiveThread.Request(
        client: client.identity, to: to, first: from, limit: limit)
      client.waitsForArchive = archive.ask(request)
      if client.waitsForArchive { return }
    }
    sendHeld(from: max(from, store.first), to: to, to: client)
  }

  /// From memory.
  private func sendHeld(from: UInt64, to: UInt64, to client: Client) {
    buffer.truncate(to: 0)
    var count = 0
    if from <= to {
      let most = Int(min(to - from + 1, UInt64(ReadLimit.answer.entries)))
      count = store.read(
        from: from, limit: ReadLimit(entries: most, bytes: ReadLimit.answer.bytes), into: &buffer)
    }
    sendEntries(count, from: from, to: client)
  }

  /// What is in `buffer`.
  private func sendEntries(_ count: Int, from: UInt64, to client: Client) {
    if count == 0 { buffer.truncate(to: 0) }
    let last = from &+ UInt64(count) &- 1
    send("MIMIR/1 entries \(run) \(from) \(last)", buffer.bytes, to: client)
    buffer.truncate(to: 0)
    buffer.shrink(to: 4 << 20)
  }

  private func send(_ answer: borrowing ArchiveThread.Answer) {
    let request = answer.request
    guard let client = clients[request.client] else { return }
    client.waitsForArchive = false
    if let to = request.to {
      guard answer.count > 0 else {
        return sendHeld(from: max(request.first, store.first), to: to, to: client)
      }
      buffer.truncate(to: 0)
      buffer.append(answer.text.bytes)
      sendEntries(answer.count, from: request.first, to: client)
    } else if let snapshot = client.snapshot {
      // What the archive does not have either is left out.
      var next = answer.count > 0 ? request.first : max(snapshot.next, store.first)
      for line in answer.text.bytes.split(separator: UInt8(ascii: "\n")) where next <= snapshot.end
      {
        guard sendEntry(next, UnsafeRawBufferPointer(rebasing: line), to: client) else { return }
        next += 1
      }
      client.snapshot = (next, snapshot.end)
    }
  }

  /// Returns whether it has to wait.
  private func sendSnapshot(to client: Client) -> Bool {
    guard let (start, end) = client.snapshot else { return false }
    var next = start
    while next <= end {
      guard mayGetMore(client) else {
        client.snapshot = (next, end)
        return true
      }
      if next < store.first {
        if let archive {
          let request = ArchiveThread.Request(
            client: client.identity, to: nil, first: next, limit: .answer)
          client.snapshot = (next, end)
          client.waitsForArchive = archive.ask(request)
          if client.waitsForArchive { return false }
        }
        next = store.first
        continue
      }
      // A few at a time: what is on its way to all is not cheap to tell.
      for _ in 0..<256 where next <= end {
        let sent = store.withEntry(next) { self.sendEntry(next, $0, to: client) }
        if sent == false { return false }
        next += 1
      }
    }
    client.snapshot = nil
    guard sendFrames("-1", "\"\"", to: client) else { return false }
    if client.moreSnapshots > 0 {
      client.moreSnapshots -= 1
      client.snapshot = (store.first, store.last)
      return true
    }
    return false
  }

  private func sendEntry(
    _ sequence: UInt64, _ text: UnsafeRawBufferPointer, to client: Client
  ) -> Bool {
    guard begin(client) else { return false }
    var digits = Digits(sequence)
    _ = digits.withBytes { router.send($0, more: true) }
    return router.send(text, more: false, countingAt: client.gauge) == 0
  }

  private func send(_ head: String, _ body: UnsafeRawBufferPointer, to client: Client) {
    guard begin(client) else { return }
    router.send(head, more: true)
    _ = router.send(body, more: false, countingAt: client.gauge)
  }

  private func sendFrames(_ first: String, _ second: String, to client: Client) -> Bool {
    guard begin(client) else { return false }
    router.send(first, more: true)
    return router.send(second) == 0
  }

  /// The frame that says to whom. False when the client is gone: it is forgotten.
  private func begin(_ client: Client) -> Bool {
    let error = client.identity.withUnsafeBytes { router.send($0, more: true) }
    if error != 0 { clients[client.identity] = nil }
    return error == 0
  }
}
