import MimirBase
import MimirIO
import MimirJSON
import Synchronization

/// Brings entries to the log, and tells their clients.
extension RemoteService {
  /// Bytes stored at once, before those who wait are told and others heard.
  private static let slice = 1 << 20
  private static let retryPause = 200
  private static let mostRefusals = 100

  private enum Outcome {
    case stored
    case refused(String)
    /// The log takes nothing just now.
    case unavailable
  }

  /// Stores some of what waits, each client's turn after the other's, and acknowledges it. Returns
  /// whether there was anything to do.
  func store() -> Bool {
    guard !ready.isEmpty || !unanswered.isEmpty else { return false }
    if let retryAt {
      guard now >= retryAt, settle() else { return false }
    }
    var done = 0
    while done < Self.slice, let session = ready.first, retryAt == nil {
      ready.removeFirst()
      done += storeNext(of: session)
      if !session.batches.isEmpty { ready.append(session) }
    }
    if retryAt == nil { _ = settle() }
    return true
  }

  /// Brings to the file what the log was given, and tells those who wait for it. False when the log
  /// could not: it is tried again after a pause, and nothing new is given to it before.
  func settle() -> Bool {
    if isDirty || retryAt != nil, log.flush() != nil {
      retryAt = now + Self.retryPause
      return false
    }
    isDirty = false
    retryAt = nil
    for session in unanswered { tell(session) }
    unanswered.removeAll(keepingCapacity: true)
    return true
  }

  func owe(_ session: Session) {
    session.owesAnswer = true
    unanswered.append(session)
  }

  private func storeNext(of session: Session) -> Int {
    guard let first = session.batches.first else { return 0 }
    let batch = session.batches.take()
    defer { session.batches.tidy() }
    waitingBytes -= batch.count
    if !session.owesAnswer { owe(session) }
    if let client = session.client {
      store(batch, from: first, of: client, session)
    } else {
      switch store(batch, 0, session) {
      case .stored: break
      case .refused(let reason): session.refusal = reason
      case .unavailable:
        // It waits for its answer, and does not send again.
        let copy = ByteBuffer(copying: batch)
        if session.batches.add(0, copy.bytes) { waitingBytes += copy.count }
        retryAt = now + Self.retryPause
      }
    }
    return batch.count
  }

  private func store(
    _ batch: UnsafeRawBufferPointer, from first: UInt64, of client: StoredClient,
    _ session: Session
  ) {
    guard first <= client.logged + 1 else {
      session.mustTellAgain = session.mustTellAgain || !session.behind
      session.behind = true
      return
    }
    session.behind = false
    var number = first
    for line in batch.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .dropLast()
    {
      defer { number += 1 }
      guard number > client.logged else {
        counters.repeated.add(1, ordering: .relaxed)
        continue
      }
      // One that its client has given up.
      guard !line.isEmpty else {
        client.logged = number
        continue
      }
      switch store(UnsafeRawBufferPointer(rebasing: line), number, session) {
      case .stored: client.logged = number
      case .refused(let reason):
        client.logged = number
        if client.refusals.count < Self.mostRefusals { client.refusals.append((number, reason)) }
      case .unavailable:
        session.behind = true
        session.mustTellAgain = true
        retryAt = now + Self.retryPause
        return
      }
    }
  }

  private func store(
    _ entry: UnsafeRawBufferPointer, _ number: UInt64, _ session: Session
  ) -> Outcome {
    text.truncate(to: 0)
    text.shrink(to: 4 << 20)
    do throws(MimirError) {
      let limits = JSONLimits(maxBytes: options.maxEntryBytes)
      let tokens = try JSONText.compactObject(entry, limits: limits, into: &text)
      let view = straggler?.note(
        text.bytes, rank: session.rank ?? session.number, worldSize: session.worldSize,
        present: counters.members.load(ordering: .relaxed))
      session.tail.append(to: &text, number: number)
      text.append(UInt8(ascii: "\n"))
      if let error = log.log(text.bytes, tokens: tokens) { throw error }
      if let view { _ = log.log(view.bytes, tokens: 0) }
    } catch {
      switch error.code {
      case .invalidArgument, .invalidJSON, .invalidUTF8, .nonfinite, .tooLarge, .tooDeep:
        counters.refused.add(1, ordering: .relaxed)
        return .refused(error.message)
      case .dropped, .closed, .outOfMemory: return .unavailable
      // It has its number, and waits in the logger's memory until its file can be written.
      default: break
      }
    }
    isDirty = true
    session.client?.hasStored = true
    if let onEntry = options.onEntry {
      text.truncate(to: text.count - 1)
      text.append(UInt8(0))
      onEntry(UnsafeRawBufferPointer(rebasing: text.bytes.dropLast()))
    }
    counters.entries.add(1, ordering: .relaxed)
    return .stored
  }

  private func tell(_ session: Session) {
    session.owesAnswer = false
    guard let client = session.client else {
      if let reason = session.refusal {
        session.refusal = nil
        begin(session.address) { $0.send("", [0x15] + Array(reason.utf8)) }
      } else if session.batches.isEmpty {
        begin(session.address) { $0.send("", [2]) }
      }
      return
    }
    client.stored = client.logged
    guard client.session === session else { return }
    answer(session, "MIMIR/1 stored \(client.stored)", refusals(of: client))
    if session.mustTellAgain {
      session.mustTellAgain = false
      answer(session, "MIMIR/1 again \(client.logged)")
    }
  }

  private func refusals(of client: StoredClient) -> String {
    guard !client.refusals.isEmpty else { return "" }
    let list = client.refusals.map { refusal -> JSONValue in
      .array([JSONValue(refusal.number), .string(refusal.reason)])
    }
    client.refusals.removeAll()
    var buffer = ByteBuffer()
    guard (try? JSONValue.array(list).append(to: &buffer)) != nil else { return "" }
    return String(decoding: buffer.bytes, as: UTF8.self)
  }

  /// What the ranks have not all come to, at the end.
  func endStraggler() {
    while let view = straggler?.next() { _ = log.log(view.bytes, tokens: 0) }
  }
}
