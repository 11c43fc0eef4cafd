import MimirBase
import Synchronization

extension LogWriter {
  /// Lets a line wait on the disk side, or drops it when too much waits already.
  func keep(
    _ line: UnsafeRawBufferPointer, in disk: inout Disk, because failure: MimirError?
  ) throws(MimirError) {
    if disk.pending.count + line.count > disk.maxPending {
      // The wait may be over: one more try before anything is lost.
      drain(&disk)
      if disk.pending.count + line.count > disk.maxPending {
        disk.counts.dropped += 1
        throw droppedError(waiting: disk.pending.count, because: disk.failure ?? failure)
      }
    }
    disk.pending.append(line)
    disk.pendingEntries += 1
  }

  func droppedError(waiting: Int, because failure: MimirError?) -> MimirError {
    MimirError(
      .dropped,
      "an entry for \(path) is lost: \(waiting) bytes wait in memory already, "
        + "which is all that may (max_pending_bytes); \(failure?.message ?? "writing is too slow")")
  }

  /// Writes what waits on the disk side, as far as the file takes it.
  func drain(_ disk: inout Disk) {
    guard let file = disk.file else { return }
    let outcome = file.append(disk.pending.bytes)
    let accepted = disk.pending.bytes.prefix(outcome.accepted)
    // An entry may be several lines (a GzipWriter's text); while any of them waits, it does.
    let lines =
      accepted.count == disk.pending.count
      ? disk.pendingEntries : min(newlines(in: accepted), max(disk.pendingEntries - 1, 0))
    let recovered = min(lines, disk.held)
    disk.counts.recovered += recovered
    disk.held -= recovered
    disk.pendingEntries -= lines
    disk.pending.removeFirst(outcome.accepted)
    disk.pending.shrink(to: 4 << 20)
    disk.failure = outcome.error
    if outcome.error != nil { disk.held = disk.pendingEntries }
    if !disk.maintenanceAsked, file.needsMaintenance { wakeMaintenance(&disk) }
  }

  private func newlines(in bytes: Slice<UnsafeRawBufferPointer>) -> Int {
    var count = 0
    for byte in bytes where byte == UInt8(ascii: "\n") { count += 1 }
    return count
  }

  /// A flush that also makes sure that the file is still where its path leads. When it is not, and
  /// can't be made anew, nothing is written: it would go to a file without a name.
  func verifyAndDrain(_ disk: inout Disk) {
    guard let file = disk.file else { return }
    collect(into: &disk)
    if let error = file.verify() {
      disk.failure = error
      disk.held = disk.pendingEntries
    } else {
      drain(&disk)
    }
    publish(disk)
  }

  /// Ends the use of the file. Returns what went wrong for good.
  func finish() -> MimirError? {
    let timer = gathered.withLockUnchecked { gathered -> FlushTimer? in
      defer { gathered.timer = nil }
      return gathered.timer
    }
    gathers.store(false, ordering: .releasing)
    timer?.stop()
    stopMaintenance()
    // The last drain may have started it anew, and it holds this writer unowned.
    defer { stopMaintenance() }
    return disk.withLockUnchecked { disk in
      verifyAndDrain(&disk)
      if let file = disk.file {
        if disk.failure == nil { disk.failure = file.close() }
        disk.counts.repairedBytes += file.takeRepairedBytes()
      }
      disk.open = nil
      guard let failure = disk.failure, disk.pendingEntries > 0 else { return disk.failure }
      disk.counts.dropped += disk.pendingEntries
      return MimirError(
        failure.code,
        "\(disk.pendingEntries) entries that waited for \(path) are lost: \(failure.message)")
    }
  }
}
