import MimirBase
import Synchronization

/// Interval mode: entries gather in memory, and a thread writes them.
extension LogWriter {
  /// Wakes the thread before its time.
  static let highWater = 1 << 20

  func startGathering(every interval: Int) {
    // Unowned: the thread is joined before the writer goes. A weak reference would make every use of
    // the writer slower.
    let timer = FlushTimer(interval: interval) { [unowned(unsafe) self] in flushGathered() }
    gathered.withLockUnchecked { gathered in
      gathered.lines = ByteBuffer(capacity: Self.highWater)
      gathered.timer = timer
    }
    ExitFlush.install()
  }

  func gather(_ line: UnsafeRawBufferPointer) throws(MimirError) {
    var timer: FlushTimer?
    var urgent = false
    let (fits, failure) = gathered.withLockUnchecked { gathered in
      let before = gathered.lines.count
      guard before + line.count + gathered.waiting <= gathered.maxPending else {
        return (false, gathered.failure)
      }
      gathered.add(line)
      urgent = before < Self.highWater && before + line.count >= Self.highWater
      if before == 0 || urgent { timer = gathered.timer }
      return (true, gathered.failure)
    }
    timer?.wake(urgent: urgent)
    guard fits else { return try gatherWhenFull(line) }
    if let failure { throw failure }
  }

  /// More is logged than the disk takes: the caller waits for one flush. If that fails, the entry is
  /// lost.
  private func gatherWhenFull(_ line: UnsafeRawBufferPointer) throws(MimirError) {
    flushGathered()
    try gathered.withLock { gathered throws(MimirError) in
      guard gathered.lines.count + line.count + gathered.waiting <= gathered.maxPending else {
        gathered.dropped += 1
        throw droppedError(
          waiting: gathered.waiting + gathered.lines.count, because: gathered.failure)
      }
      gathered.add(line)
    }
  }

  func flushGathered() {
    disk.withLockUnchecked { disk in
      guard disk.open != nil else { return }
      collect(into: &disk)
      drain(&disk)
      publish(disk)
    }
  }

  /// Moves what is gathered to the disk side. A swap of buffers when nothing waits there, so that
  /// `append` is held up for no longer than that.
  func collect(into disk: inout Disk) {
    gathered.withLockUnchecked { gathered in
      guard gathered.entries > 0 else { return }
      if disk.pending.isEmpty {
        swap(&gathered.lines, &disk.pending)
      } else {
        disk.pending.append(gathered.lines.bytes)
        gathered.lines.truncate(to: 0)
      }
      disk.pendingEntries += gathered.entries
      gathered.entries = 0
      gathered.waiting = disk.pending.count
    }
  }

  /// Tells the gathering side what a flush has left.
  func publish(_ disk: borrowing Disk) {
    let (waiting, failure) = (disk.pending.count, disk.failure)
    gathered.withLockUnchecked { gathered in
      gathered.waiting = waiting
      gathered.failure = failure
    }
  }

  /// For a second logger on the file: the stricter of the two policies holds for both.
  func tighten(_ policy: Policy, durable: Bool) throws(MimirError) {
    disk.withLockUnchecked { $0.maxPending = max($0.maxPending, policy.maxPending) }
    if policy.interval == nil, gathers.exchange(false, ordering: .acquiringAndReleasing) {
      try flush()
    }
    guard durable else { return }
    let error = disk.withLockUnchecked { $0.file?.requireDurability() }
    if let error { throw error }
  }
}
