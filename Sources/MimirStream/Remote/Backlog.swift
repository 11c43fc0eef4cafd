import Glibc
import MimirBase
import MimirIO

/// The entries that a server has not acknowledged yet: in the spool, and in memory those that could not
/// be written there. Any thread adds, one sends.
final class Backlog: Sendable {
  struct Counts {
    var entries: UInt64 = 0
    var acknowledged: UInt64 = 0
    var dropped: UInt64 = 0
    var spoolBytes = 0
    var inMemory: UInt64 = 0
    var problem: MimirError?
  }

  private struct State: ~Copyable {
    var spool: SpoolWriter?
    var memory = LineQueue()
    /// Numbers of the newest entry, of the newest one in the spool's files, and of the newest one that the
    /// server has.
    var last: UInt64 = 0
    var spooled: UInt64 = 0
    var acknowledged: UInt64 = 0
    var dropped: UInt64 = 0
    var problem: MimirError?
    var retryAt = 0
    var closed = false
    /// The sender is to be woken.
    var asleep = false
  }

  private static let retryPause = 1000
  /// Of a client that is gone.
  let isAdopted: Bool
  private let folder: SpoolFolder?
  private let mostInMemory: Int
  private let state: Locked<State>

  /// `spool` nil: in memory only.
  init(_ spool: consuming SpoolWriter?, mostInMemory: Int) {
    isAdopted = false
    folder = Self.folder(of: spool)
    self.mostInMemory = mostInMemory
    state = Locked(State(spool: spool))
  }

  /// What another client has left.
  init(adopted folder: SpoolFolder) throws(MimirError) {
    isAdopted = true
    mostInMemory = 0
    let spool = try SpoolWriter(adopted: folder)
    let last = spool.segments.last?.last ?? 0
    let first = spool.segments.first?.first ?? 1
    let acknowledged = max(first - 1, min(folder.acknowledged, last))
    state = Locked(
      State(spool: spool, last: last, spooled: last, acknowledged: acknowledged, closed: true))
    self.folder = folder
  }

  /// Takes an entry: compact text that ends with a newline. Returns whether the sender is to be woken.
  func add(_ line: UnsafeRawBufferPointer) throws(MimirError) -> Bool {
    try state.withLock { state throws(MimirError) in
      guard !state.closed else {
        throw MimirError(.closed, "this client is closed; log before closing it, or open another")
      }
      let number = state.last + 1
      if !Self.write(line, number, &state), !state.memory.add(number, line, limit: mostInMemory) {
        state.dropped += 1
        throw MimirError(
          .dropped,
          "the entry is lost: as much as may (max_queue_bytes) waits in memory"
            + (state.problem.map { ", and the spool can't be written: \($0.message)" } ?? ""))
      }
      state.last = number
      defer { state.asleep = false }
      return state.asleep
    }
  }

  /// Into the spool, if all before it are there.
  private static func write(
    _ line: UnsafeRawBufferPointer, _ number: UInt64, _ state: inout State
  ) -> Bool {
    guard state.problem != nil || !state.memory.isEmpty else {
      let error = state.spool?.append(number, line) ?? -1
      guard error == 0 else {
        if error > 0 { fail(error, &state) }
        return false
      }
      state.spooled = number
      return true
    }
    guard state.spool != nil, Clock.coarseMilliseconds() >= state.retryAt else { return false }
    state.retryAt = Clock.coarseMilliseconds() + retryPause
    while !state.memory.isEmpty {
      let number = state.memory.first
      let error = state.spool?.append(number, state.memory.firstLine) ?? -1
      if error != 0 {
        if error > 0 { fail(error, &state) }
        return false
      }
      state.spooled = number
      state.memory.remove(upTo: number)
    }
    state.problem = nil
    return write(line, number, &state)
  }

  private static func fail(_ error: Int, _ state: inout State) {
    if state.problem == nil { state.retryAt = Clock.coarseMilliseconds() + retryPause }
    state.problem = .system(error, "cannot write to the spool", state.spool?.folder.path ?? "")
  }

  /// Appends what follows `number - 1`. Returns how many.
  func read(
    from number: UInt64, limit: ReadLimit, _ reader: inout SpoolReader,
    into out: inout ByteBuffer
  ) -> Int {
    let segments: [SpoolReader.Segment]? = state.withLockUnchecked { state in
      number <= state.spooled ? state.spool?.segments ?? [] : nil
    }
    guard let segments else {
      return state.withLockUnchecked { $0.memory.read(from: number, limit: limit, into: &out) }
    }
    let count = reader.read(from: number, of: segments, limit: limit, into: &out)
    guard count == 0, let next = segments.first(where: { $0.first > number }),
      segments.allSatisfy({ $0.first > number || $0.last < number })
    else { return count }
    // Lost with a part of a file: an empty line stands for each.
    let lost = Int(clamping: min(next.first - number, UInt64(limit.entries)))
    for _ in 0..<lost { out.append(UInt8(ascii: "\n")) }
    return lost
  }

  /// The server has all up to `number`.
  func acknowledge(upTo number: UInt64) {
    let (number, paths): (UInt64?, [String]) = state.withLockUnchecked { state in
      let number = min(number, state.last)
      guard number > state.acknowledged else { return (nil, []) }
      state.acknowledged = number
      state.memory.remove(upTo: number)
      return (number, state.spool?.remove(upTo: number) ?? [])
    }
    if let number { folder?.acknowledged = number }
    for path in paths { unlink(path) }
  }

  var last: UInt64 { state.withLockUnchecked { $0.last } }
  var acknowledged: UInt64 { state.withLockUnchecked { $0.acknowledged } }
  var isDone: Bool { state.withLockUnchecked { $0.acknowledged == $0.last } }

  var counts: Counts {
    state.withLockUnchecked { state in
      Counts(
        entries: state.last, acknowledged: state.acknowledged, dropped: state.dropped,
        spoolBytes: Self.bytes(of: state.spool), inMemory: state.memory.count,
        problem: state.problem)
    }
  }

  private static func folder(of spool: borrowing SpoolWriter?) -> SpoolFolder? {
    switch spool {
    case .none: nil
    case .some(let spool): spool.folder
    }
  }

  private static func bytes(of spool: borrowing SpoolWriter?) -> Int {
    switch spool {
    case .none: 0
    case .some(let spool): spool.bytes
    }
  }

  /// Whether there is nothing to send behind `number`. From here on the sender is woken.
  func mayWait(behind number: UInt64) -> Bool {
    state.withLockUnchecked { state in
      state.asleep = state.last <= number && !state.closed
      return state.asleep
    }
  }

  func awake() { state.withLockUnchecked { $0.asleep = false } }

  func close() { state.withLockUnchecked { $0.closed = true } }

  /// One more try to bring to the spool what is in memory only, and the end of the use of it: a spool of
  /// which all is acknowledged is taken away. Returns how many entries are lost.
  func finish() -> UInt64 {
    state.withLockUnchecked { state in
      while state.spool != nil, !state.memory.isEmpty {
        let number = state.memory.first
        guard state.spool?.append(number, state.memory.firstLine) == 0 else { break }
        state.memory.remove(upTo: number)
      }
      if state.acknowledged == state.last { folder?.remove() }
      state.spool = nil
      return state.memory.count
    }
  }
}
