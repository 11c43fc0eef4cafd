import MimirBase
import MimirJSON
import Synchronization

/// Who joins, and who leaves.
extension RemoteService {
  private static let mostWaitingToJoin = 10_000
  /// A client of the original protocol can't say that it is alive.
  private static let originalPatience = 20

  private var isFull: Bool { sessions.count >= options.maxClients }

  /// A client's first message. False when it makes no sense.
  func greet(_ address: [UInt8], _ hello: UnsafeRawBufferPointer, _ descriptor: Int32) -> Bool {
    guard hello.count <= 8192, let object = JSONObject(text: hello),
      let identity = ClientIdentity(object), let next = object["next"]?.intValue, next > 0
    else { return false }
    if let known = sessions[address] { lose(known) }
    let client = clients[identity.id] ?? StoredClient(identity.id, stored: 0)
    // A connection that the client has given up.
    if let other = client.session { lose(other) }
    guard !isFull else {
      refuse(address, "this server has \(options.maxClients) clients already, as many as it may")
      return true
    }
    clients[identity.id] = client
    number(client, identity)
    // What it has given up already was in a log that is no more.
    if client.logged < UInt64(next) - 1 {
      client.logged = UInt64(next) - 1
      client.stored = max(client.stored, client.logged)
    }
    let session = Session(
      address, client, identity, name: identity.name, number: client.number,
      room: 2 * Self.window, now: now)
    session.descriptor = descriptor
    sessions[address] = session
    client.session = session
    client.lastHeard = now
    if !client.isPresent {
      setPresent(client, true)
      counters.joined.add(1, ordering: .relaxed)
    }
    welcome(session, client)
    noteMembers()
    return true
  }

  private func number(_ client: StoredClient, _ identity: ClientIdentity) {
    guard identity.name == nil || identity.name == "" else { return }
    if let number = identity.number, number > 0 {
      client.number = number
      nextNumber = max(nextNumber, number + 1)
    } else if client.number == 0 {
      client.number = nextNumber
      nextNumber += 1
    }
  }

  private func welcome(_ session: Session, _ client: StoredClient) {
    // What was given to the log and is not in its file yet is acknowledged when it is.
    if client.stored < client.logged, !session.owesAnswer { owe(session) }
    let about: JSONObject = [
      "number": JSONValue(client.number), "window": JSONValue(Self.window),
      "max_entry_bytes": JSONValue(options.maxEntryBytes),
      "heartbeat": JSONValue(max(options.clientTimeout / 4, 20)),
      "version": .string(options.version),
    ]
    answer(session, "MIMIR/1 welcome \(client.stored)", about.text())
  }

  private func refuse(_ address: [UInt8], _ reason: String) {
    begin(address) {
      $0.send(
        "MIMIR/1 refused",
        Array(JSONObject(dictionaryLiteral: ("reason", .string(reason))).text().utf8))
    }
  }

  func joinOriginal(_ address: [UInt8], _ name: String, _ descriptor: Int32) {
    // It may have asked before, and lost the answer.
    if let known = sessions[address] { lose(known) }
    waiting.removeAll { $0.address == address }
    let session = original(address, name, descriptor)
    guard !isFull else {
      if waiting.count < Self.mostWaitingToJoin { waiting.append(session) }
      return
    }
    admit(session)
  }

  private func admit(_ session: Session) {
    add(original: session)
    begin(session.address) { $0.send("", [1]) }
  }

  /// One that a server before this one had let in.
  func joinUnknown(_ address: [UInt8], _ descriptor: Int32) -> Session? {
    guard !isFull else { return nil }
    let session = original(address, silent.removeValue(forKey: address) ?? "", descriptor)
    add(original: session)
    return session
  }

  private func original(_ address: [UInt8], _ name: String, _ descriptor: Int32) -> Session {
    let session = Session(
      address, nil, nil, name: name, number: nextNumber, room: options.maxEntryBytes, now: now)
    if name.isEmpty { nextNumber += 1 }
    session.descriptor = descriptor
    return session
  }

  private func add(original session: Session) {
    sessions[session.address] = session
    counters.joined.add(1, ordering: .relaxed)
    noteMembers()
  }

  /// It has said that it ends.
  func leave(_ session: Session) {
    if let client = session.client { setPresent(client, false) }
    lose(session)
  }

  /// Its connection is of no use any more. What has come by it is stored.
  func lose(_ session: Session) {
    guard sessions[session.address] === session else { return }
    sessions[session.address] = nil
    if let client = session.client, client.session === session { client.session = nil }
    forget(session.client)
    while !waiting.isEmpty, !isFull { admit(waiting.removeFirst()) }
    noteMembers()
  }

  /// One that has never had anything stored leaves no trace.
  private func forget(_ client: StoredClient?) {
    guard let client, !client.isPresent, client.session == nil, !client.hasStored else { return }
    clients[client.id] = nil
  }

  /// The system says that a connection has ended.
  func disconnected(_ descriptor: Int32) {
    for session in sessions.values where session.descriptor == descriptor {
      if session.client == nil {
        // Given as long as others to come back, in which it counts as being there.
        session.isGone = true
        session.lastHeard = now
      } else {
        lose(session)
      }
    }
    waiting.removeAll { $0.descriptor == descriptor }
  }

  /// Sees who has been silent for too long.
  func tick() {
    for session in sessions.values {
      let patience =
        options.clientTimeout
        * (session.client == nil && !session.isGone ? Self.originalPatience : 1)
      guard now - session.lastHeard > patience, session.batches.isEmpty else { continue }
      if session.client == nil {
        counters.timedOut.add(1, ordering: .relaxed)
        if silent.count >= Self.mostWaitingToJoin { silent.removeAll() }
        silent[session.address] = session.name
      }
      lose(session)
    }
    for client in clients.values where client.isPresent && client.session == nil {
      guard now - client.lastHeard > options.clientTimeout else { continue }
      setPresent(client, false)
      counters.timedOut.add(1, ordering: .relaxed)
      forget(client)
    }
    noteMembers()
  }

  private func setPresent(_ client: StoredClient, _ isPresent: Bool) {
    guard client.isPresent != isPresent else { return }
    client.isPresent = isPresent
    presentClients += isPresent ? 1 : -1
  }

  private func noteMembers() {
    let original = sessions.values.reduce(0) { $0 + ($1.client == nil ? 1 : 0) }
    counters.members.store(original + presentClients, ordering: .relaxed)
    counters.connected.store(sessions.count, ordering: .relaxed)
  }
}
