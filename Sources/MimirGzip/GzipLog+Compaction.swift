import Glibc
package import MimirBase
package import MimirIO

/// When the tail is compacted. See docs/format.md for the steps.
extension GzipLog {
  package var needsMaintenance: Bool { end.offset - header.tailOffset >= compactionDue }

  package func prepareMaintenance() -> (any LogMaintenance)? {
    guard moving == nil, surplus == nil, followIfShared() == nil, end.offset > header.tailOffset
    else { return nil }
    compactionDue = end.offset - header.tailOffset + Self.compactionThreshold
    return try? CompactionWork(log: self)
  }

  package func finishMaintenance(_ work: any LogMaintenance) -> MaintenanceOutcome {
    guard let work = work as? CompactionWork else { return .done }
    if shared { return finishShared(work, patient: false) }
    if moving == nil, surplus == nil {
      // It may have been ended by an append that needed the room.
      guard work.identity == identity, work.isFor(header) else { return .done }
      if let outcome = begin(work, patient: false) { return outcome }
    }
    return proceed(budget: slice)
  }

  /// Other writers may have compacted meanwhile, and see no log that is half moved: all is done while
  /// they wait.
  private func finishShared(_ work: CompactionWork, patient: Bool) -> MaintenanceOutcome {
    var result = MaintenanceOutcome.done
    let outcome = exclusively { () -> WriteOutcome in
      if let error = self.followOthers() { return WriteOutcome(accepted: 0, error: error) }
      guard work.identity == self.identity, work.isFor(self.header) else {
        return WriteOutcome(accepted: 0)
      }
      do throws(MimirError) {
        if work.error == nil { try work.completeJournal() }
      } catch {
        return WriteOutcome(accepted: 0, error: error)
      }
      result = self.begin(work, patient: patient) ?? self.proceed(budget: .max)
      // Not later: by then it may be another writer's.
      if work.compaction?.done ?? true { try? work.journalFile?.remove() }
      return WriteOutcome(accepted: 0)
    }
    return outcome.error.map { .failed($0) } ?? result
  }

  /// nil when it has begun.
  private func begin(_ work: CompactionWork, patient: Bool) -> MaintenanceOutcome? {
    if let error = work.error { return .failed(error) }
    guard let journal = work.journal, let file = work.journalFile, work.durable == durable else {
      return .done
    }
    let rest = end.offset - journal.restOffset
    // More may come before all is moved.
    if rest > journal.room / (rest == 0 ? 1 : 2) {
      compactionDue = (end.offset - header.tailOffset) * 2
      // What hardly gets smaller stays as it is.
      let gains = journal.length < (journal.restOffset - journal.offset) / 8 * 7
      guard gains, rest > 0, !shared else { return .done }
      work.extend(to: end.offset)
      return .again
    }
    guard lockOutReaders(patient: patient) else { return .done }
    moving = Compaction(journal, in: file)
    work.compaction = moving
    return nil
  }

  func proceed(budget: Int) -> MaintenanceOutcome {
    if let compaction = moving {
      switch advance(compaction, budget: budget) {
      case .failed(let error):
        letReadersIn()
        return .failed(error)
      case .more: return .more
      default: break
      }
      if budget < .max { return .more }
    }
    guard let error = cutSurplus(budget: budget) else {
      if surplus != nil { return .more }
      letReadersIn()
      return .done
    }
    letReadersIn()
    return .failed(error)
  }

  /// A reader that holds `flock -s` reads in peace: the compaction is put off, at closing for a
  /// second at the most.
  func lockOutReaders(patient: Bool) -> Bool {
    for _ in 0..<(patient ? 100 : 1) {
      // Only a reader puts it off, not a file system that knows no flock.
      if system.flock(file.raw, LOCK_EX | LOCK_NB) != -Int(EWOULDBLOCK) { return true }
      if patient { usleep(10_000) }
    }
    return false
  }

  func letReadersIn() { _ = system.flock(file.raw, LOCK_UN) }

  private func followIfShared() -> MimirError? {
    guard shared else { return nil }
    return exclusively { WriteOutcome(accepted: 0, error: self.followOthers()) }.error
  }

  /// Compacts what is left. The caller has stopped the worker.
  package func close() -> MimirError? {
    if let error = syncError ?? followIfShared() ?? settleFailures() { return error }
    if moving != nil || surplus != nil, case .failed(let error) = proceed(budget: .max) {
      return error
    }
    guard end.offset > header.tailOffset, let work = try? CompactionWork(log: self) else {
      return nil
    }
    work.run()
    defer { work.end() }
    let outcome =
      shared
      ? finishShared(work, patient: true)
      : begin(work, patient: true) ?? proceed(budget: .max)
    guard case .failed(let error) = outcome else { return nil }
    return error
  }
}
