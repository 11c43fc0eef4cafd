package import MimirBase
import Synchronization

/// Writes entries to one file for all loggers of this process that log to it.
///
/// What can't be written waits in memory, in order, and goes first as soon as writing works again.
package final class LogWriter: Sendable {
  package struct Policy: Sendable {
    /// Milliseconds between flushes; nil: each entry is written before `append` returns.
    package var interval: Int?
    /// Bytes that may wait in memory while writing fails.
    package var maxPending: Int

    package init(interval: Int? = nil, maxPending: Int = 64 << 20) {
      self.interval = interval
      self.maxPending = maxPending
    }
  }

  package struct Counts: Sendable {
    package var bytes = 0
    package var dropped = 0
    package var recovered = 0
    package var pendingEntries = 0
    package var pendingBytes = 0
    package var repairedBytes = 0
  }

  /// What the disk side owns: held while a system call runs.
  struct Disk: ~Copyable {
    var open: OpenLogFile?
    var file: (any LogFile)? {
      switch open {
      case .none: nil
      case .some(let open): open.file
      }
    }
    var pending = ByteBuffer()
    var pendingEntries = 0
    /// How many of the pending entries wait because of a failure.
    var held = 0
    var failure: MimirError?
    var counts = Counts()
    var maxPending: Int
    var maintenance: FlushTimer?
    /// The thread is woken, and has not looked yet.
    var maintenanceAsked = false
  }

  /// What `append` fills in interval mode: held for a memory copy only, never for a system call.
  struct Gathered: ~Copyable {
    var lines = ByteBuffer()
    var entries = 0
    /// Told by the last flush: what still waits on the disk side, and why.
    var waiting = 0
    var failure: MimirError?
    var bytes = 0
    var dropped = 0
    var timer: FlushTimer?
    var maxPending: Int

    mutating func add(_ line: UnsafeRawBufferPointer) {
      lines.append(line)
      entries += 1
      bytes += line.count
    }
  }

  package let path: String
  /// Where the log's text ended when it was opened; see `LogFile.textEnd`.
  package let placeAtOpening: LogPlace?
  private let shared = Atomic(false)
  let generation: Int
  let disk: Locked<Disk>
  let gathered: Locked<Gathered>
  /// Whether entries are gathered; falls back to false when a logger asks for every entry.
  let gathers: Atomic<Bool>
  private let everGathered: Bool

  init(file: any LogFile, policy: Policy) {
    path = file.path
    placeAtOpening = file.textEnd
    gathers = Atomic(policy.interval != nil)
    everGathered = policy.interval != nil
    generation = OpenFiles.generation
    disk = Locked(Disk(open: OpenLogFile(file), maxPending: policy.maxPending))
    gathered = Locked(Gathered(maxPending: policy.maxPending))
    disk.withLockUnchecked { $0.counts.repairedBytes = file.takeRepairedBytes() }
    if let interval = policy.interval { startGathering(every: interval) }
  }

  /// Appends one entry's line, newline included.
  ///
  /// Throws when the entry could not be written. It then waits in memory, unless the error is
  /// `.dropped` or `.closed`.
  package func append(_ line: UnsafeRawBufferPointer) throws(MimirError) {
    if gathers.load(ordering: .acquiring) { return try gather(line) }
    try disk.withLock { disk throws(MimirError) in
      if everGathered, disk.open != nil { collect(into: &disk) }
      if disk.pending.isEmpty {
        guard let (outcome, needy) = disk.open?.append(line) else { throw closedError() }
        disk.counts.bytes += line.count
        guard let error = outcome.error else {
          if needy, !disk.maintenanceAsked { wakeMaintenance(&disk) }
          return
        }
        disk.failure = error
        if outcome.accepted < line.count {
          let rest = UnsafeRawBufferPointer(rebasing: line[outcome.accepted...])
          try keep(rest, in: &disk, because: error)
        }
        disk.held = disk.pendingEntries
        throw error
      }
      guard disk.open != nil else { throw closedError() }
      try keep(line, in: &disk, because: disk.failure)
      disk.counts.bytes += line.count
      drain(&disk)
      if let failure = disk.failure { throw failure }
    }
  }

  /// Whether it writes the entries of more than one logger.
  package var isShared: Bool { shared.load(ordering: .relaxed) }

  func share() { shared.store(true, ordering: .relaxed) }

  /// Writes all that waits.
  package func flush() throws(MimirError) {
    try disk.withLock { disk throws(MimirError) in
      guard disk.open != nil else { throw closedError() }
      verifyAndDrain(&disk)
      if let failure = disk.failure { throw failure }
    }
  }

  package func counts() -> Counts {
    let (entries, bytes, total, dropped) = gathered.withLockUnchecked {
      ($0.entries, $0.lines.count, $0.bytes, $0.dropped)
    }
    return disk.withLockUnchecked { disk in
      if let file = disk.file { disk.counts.repairedBytes += file.takeRepairedBytes() }
      var counts = disk.counts
      counts.pendingEntries = disk.pendingEntries + entries
      counts.pendingBytes = disk.pending.count + bytes
      counts.bytes += total
      counts.dropped += dropped
      return counts
    }
  }

  func closedError() -> MimirError {
    MimirError(.closed, "the writer of \(path) is closed; open a new logger")
  }
}
