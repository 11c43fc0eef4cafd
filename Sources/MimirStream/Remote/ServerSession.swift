import MimirBase

/// What a server knows of a client's entries, whichever connection they came by.
final class StoredClient {
  let id: String
  /// The last entry that was handed to the logger, and the last that is in the log.
  var logged: UInt64
  var stored: UInt64
  /// Given up by the logger, and not told to the client yet.
  var refusals: [(number: UInt64, reason: String)] = []
  var number = 0
  /// Its connection; the server owns it.
  weak var session: Session?
  /// Has joined, and not left.
  var isPresent = false
  /// There is an entry of it in the log.
  var hasStored: Bool
  var lastHeard = 0

  init(_ id: String, stored: UInt64) {
    self.id = id
    logged = stored
    self.stored = stored
    hasStored = stored > 0
  }
}

/// A connection to a server.
final class Session {
  /// By which the ROUTER knows it.
  let address: [UInt8]
  /// nil for one of the original protocol.
  let client: StoredClient?
  let rank: Int?
  let worldSize: Int?
  let name: String
  let number: Int
  let tail: EntryTail
  /// Batches by their first number, or single entries of the original protocol.
  var batches: EntryQueue
  /// Of the system's socket, by which its end is seen; -1 when not known.
  var descriptor: Int32 = -1
  var lastHeard: Int
  /// Entries are missing, or were not taken: it is told once where to go on.
  var behind = false
  var mustTellAgain = false
  /// The log has what it waits to hear of.
  var owesAnswer = false
  /// What to answer one of the original protocol.
  var refusal: String?
  /// Does not keep to its window.
  var ignored = false
  /// Its connection is gone.
  var isGone = false

  init(
    _ address: [UInt8], _ client: StoredClient?, _ identity: ClientIdentity?, name: String?,
    number: Int, room: Int, now: Int
  ) {
    self.address = address
    self.client = client
    self.name = name ?? ""
    self.number = number
    rank = identity?.rank
    worldSize = identity?.worldSize
    tail = EntryTail(
      name: name, number: number, rank: identity?.rank, host: identity?.host, id: identity?.id)
    batches = EntryQueue(limit: room)
    lastHeard = now
  }
}
