import CZmq
import MimirBase
import MimirIO
import MimirJSON

/// A client's connection to its server, by which it sends a backlog. Used by one thread.
final class RemoteLink {
  enum Phase: Equatable {
    case connecting
    /// The hello is on its way.
    case greeting
    case ready
    /// Has said goodbye, and waits for the answer.
    case parting
    case over
    /// The server has no room.
    case refused(until: Int)
  }

  static let batch = ReadLimit(entries: 1000, bytes: 64 << 10)
  /// Milliseconds without an answer after which the connection is given up.
  static let patience = 15_000
  static let refusalPause = 3000
  private static let renewalPause = 100

  let endpoint: RemoteEndpoint
  let backlog: Backlog
  var identity: ClientIdentity
  var phase = Phase.connecting
  var problem = ""
  var reconnections: UInt64 = 0
  var refused: UInt64 = 0
  /// Entries acknowledged that the server did not have before.
  var entriesSent: UInt64 = 0
  var window = 64 << 10
  var largestEntry = 64 << 20
  var heartbeat = 5000
  /// Number of the last entry that was sent, on this connection.
  var sent: UInt64 = 0
  /// Batches on their way: their last numbers and bytes.
  var inFlight: [(last: UInt64, bytes: Int)] = []
  var bytesInFlight = 0
  private var spokeAt = Clock.milliseconds()
  /// For how long the server has owed an answer, and said nothing; nil: it owes none.
  private var silentSince: Int?
  var now = Clock.milliseconds()
  private(set) var connection: RemoteConnection? { didSet { connections &+= 1 } }
  /// Another number for each connection, and for none: whoever waits for sockets has to look again.
  private(set) var connections = 1
  private var wasReady = false
  private var renewedAt = 0
  private var reader = SpoolReader()
  private var lines = ByteBuffer()
  var message = Message()

  init(
    _ endpoint: RemoteEndpoint, _ backlog: Backlog, _ identity: ClientIdentity
  ) throws(MimirError) {
    self.endpoint = endpoint
    self.backlog = backlog
    self.identity = identity
    connection = try RemoteConnection(endpoint)
  }

  /// Does what there is to do. Returns whether there was anything.
  func step() -> Bool {
    now = Clock.milliseconds()
    guard phase != .over else { return false }
    guard let connection else { return renew() }
    var busy = false
    while let event = connection.takeEvent(into: &message) {
      busy = true
      take(event)
      if self.connection == nil { return true }
    }
    while self.connection != nil, connection.receive(into: &message) {
      busy = true
      takeMessage()
      silentSince = inFlight.isEmpty ? nil : now
    }
    if self.connection != nil { check() }
    while canSend, sendBatch() { busy = true }
    return busy
  }

  private func take(_ event: RemoteConnection.Event) {
    switch event {
    case .connected:
      problem = ""
      sayHello()
    case .disconnected:
      if phase == .parting {
        phase = .over
      } else {
        fail("the connection to \(endpoint.name) broke")
      }
    case .unreachable: problem = "nothing answers at \(endpoint.name); it is tried again"
    case .refused: problem = "\(endpoint.name) refuses this client's key"
    }
  }

  /// What is on its way, and what has to be done from time to time.
  private func check() {
    switch phase {
    case .greeting, .parting, .ready:
      if let silentSince, now - silentSince > Self.patience {
        fail("\(endpoint.name) does not answer")
      } else if phase == .ready, now - spokeAt >= heartbeat {
        say("MIMIR/1 ping")
      }
    case .refused(let until): if now >= until { sayHello() }
    case .connecting, .over: break
    }
  }

  func sayHello() {
    var hello = identity.object
    hello["next"] = JSONValue(backlog.acknowledged + 1)
    hello["version"] = .string(endpoint.version)
    phase = .greeting
    say("MIMIR/1 hello", hello.text())
  }

  func say(_ head: String, _ body: String = "") {
    connection?.send(head, body)
    spokeAt = now
    silentSince = silentSince ?? now
  }

  /// Gives the connection up; what was sent by it and not acknowledged is sent again by the next one.
  func fail(_ problem: String) {
    self.problem = problem
    connection = nil
    renewedAt = now
    phase = .connecting
    forgetInFlight()
    silentSince = nil
  }

  private func renew() -> Bool {
    guard now - renewedAt >= Self.renewalPause else { return false }
    renewedAt = now
    connection = try? RemoteConnection(endpoint)
    return connection != nil
  }

  /// The server has all up to `last`, and knows of nothing that is on its way.
  func start(behind last: UInt64) {
    forgetInFlight()
    sent = last
  }

  func noteWelcome() {
    if wasReady { reconnections += 1 }
    wasReady = true
  }

  private func forgetInFlight() {
    inFlight.removeAll(keepingCapacity: true)
    bytesInFlight = 0
  }

  /// Not for a few bytes' room: batches would become ever smaller.
  var canSend: Bool {
    phase == .ready && (inFlight.isEmpty || window - bytesInFlight >= min(window / 4, 16 << 10))
  }

  private func sendBatch() -> Bool {
    lines.truncate(to: 0)
    lines.shrink(to: 1 << 20)
    let limit = ReadLimit(
      entries: Self.batch.entries, bytes: min(Self.batch.bytes, max(window - bytesInFlight, 1)))
    let count = backlog.read(from: sent + 1, limit: limit, &reader, into: &lines)
    guard count > 0 else { return false }
    // An entry is one that is larger than the others may be together only if it is alone.
    guard inFlight.isEmpty || bytesInFlight + lines.count <= window else { return false }
    let size = lines.count
    if count == 1, size - 1 > largestEntry {
      note(
        refused: sent + 1, "it has \(size - 1) bytes, and the server takes \(largestEntry)")
      lines.truncate(to: 0)
      lines.append(UInt8(ascii: "\n"))
    }
    connection?.send("MIMIR/1 entries \(sent + 1) \(count)", lines.bytes)
    sent += UInt64(count)
    inFlight.append((sent, size))
    bytesInFlight += size
    spokeAt = now
    silentSince = silentSince ?? now
    return true
  }

  func note(refused number: UInt64, _ reason: String) {
    refused += 1
    problem = "entry \(number) was refused: \(reason)"
  }

  /// Says goodbye, if there is anyone to say it to.
  func part() {
    guard phase == .ready || phase == .greeting else {
      if phase != .parting { phase = .over }
      return
    }
    phase = .parting
    say("MIMIR/1 bye")
  }

  func close() {
    phase = .over
    connection = nil
  }
}
