import Glibc
import MimirBase
import MimirIO

/// The steps of a compaction in the log itself, a little at a time, so that no append waits for long.
///
/// Meanwhile entries are appended where the old end lies, and the rest of the tail, which they are part
/// of, is moved last. See docs/format.md.
extension GzipLog {
  /// Bytes that are cut off while the lock is held: the pages of a large cut take their time.
  private static let largestCut = 2 << 20

  /// Does up to `budget` bytes of what is left to do. After an error it can be called again.
  func advance(_ compaction: Compaction, budget: Int) -> MaintenanceOutcome {
    if let error = tryAdvance(compaction, budget: budget) {
      compaction.failed = true
      return .failed(error)
    }
    return moving == nil ? .done : .more
  }

  private func tryAdvance(_ compaction: Compaction, budget: Int) -> MimirError? {
    let journal = compaction.journal
    let mayPause = budget < .max
    var budget = budget
    do throws(MimirError) {
      if !header.compacting {
        var flagged = header
        flagged.compacting = true
        try writeState(flagged)
      }
      while compaction.written < journal.length {
        guard budget > 0 else { return nil }
        out.truncate(to: 0)
        let count = min(slice, journal.length - compaction.written)
        try compaction.file.read(count, at: compaction.written, into: &out)
        guard out.count == count else {
          throw MimirError(.corrupt, "the journal \(compaction.file.path) was cut short")
        }
        try write(out.bytes, at: journal.offset + compaction.written)
        compaction.written += count
        budget -= count
      }
      while compaction.moved < end.offset - journal.restOffset {
        guard budget > 0 else { return nil }
        out.truncate(to: 0)
        let count = min(slice, end.offset - journal.restOffset - compaction.moved)
        let source = journal.restOffset + compaction.moved
        out.commit(try file.read(into: out.reserve(count), count: count, at: source, path: path))
        guard out.count == count else { throw MimirError(.corrupt, "\(path) was cut short") }
        try write(out.bytes, at: journal.header.tailOffset + compaction.moved)
        compaction.moved += count
        budget -= count
      }
      if durable, mayPause, !compaction.settled {
        compaction.settled = true
        return nil
      }
      try finish(compaction)
      return nil
    } catch {
      return error
    }
  }

  /// The rest of the tail lies in its new place: from the header on, that is the one that counts.
  private func finish(_ compaction: Compaction) throws(MimirError) {
    let old = end.offset + TailLayout.endSize
    var new = end
    new.offset = compaction.journal.header.tailOffset + compaction.moved
    out.truncate(to: 0)
    TailLayout.appendEnd(at: new.offset, crc: end.crc, length: end.length, to: &out)
    try write(out.bytes, at: new.offset)
    new.offset += out.count - TailLayout.endSize
    if let error = synchronize() { throw error }
    try writeState(compaction.journal.header)
    moving = nil
    end = new
    disturbed = false
    surplus = old
    compactionDue = Self.compactionThreshold
    if let error = synchronize() { throw error }
    compaction.done = true
    // At once, before an append goes there: recovery knows a page that a power cut has kept from the
    // disk by its zeros, and would find old text in its place.
    if durable, let error = cutSurplus(budget: .max) { throw error }
  }

  private func writeState(_ state: GzipHeader) throws(MimirError) {
    var bytes = ByteBuffer(capacity: GzipHeader.stateSize)
    state.appendState(to: &bytes)
    let error = file.write(bytes.bytes, at: GzipHeader.stateOffset)
    guard error == 0 else { throw .system(error, "cannot write the header of", path) }
    header = state
  }

  private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(MimirError) {
    let error = file.write(bytes, at: offset)
    guard error == 0 else { throw .system(error, "cannot write to", path) }
  }

  /// Cuts up to `budget` bytes of what a compaction has left behind the new end.
  func cutSurplus(budget: Int) -> MimirError? {
    guard let size = surplus else { return nil }
    let complete = end.offset + TailLayout.endSize
    let target = budget == .max ? complete : max(complete, size - Self.largestCut)
    surplus = target > complete ? target : nil
    // Appends have filled it up.
    guard target < size else { return nil }
    let result = file.truncate(to: target)
    guard result < 0 else { return nil }
    // Before the next append all behind the end is cut.
    (surplus, disturbed) = (nil, true)
    return .system(result, "cannot cut", path)
  }

  /// An append is about to bring so many bytes, and the rest of the tail can move only as long as it
  /// fits into the place that the compaction has freed.
  func makeRoom(for count: Int) -> MimirError? {
    guard let compaction = moving else { return nil }
    let blocks = count / TailLayout.largestBlock + 8
    let needed =
      end.offset - compaction.journal.restOffset + count + blocks * TailLayout.blockHeader
    guard compaction.failed || needed > compaction.journal.room else { return nil }
    let failed = compaction.failed
    // Since the failure readers may enter, and what they read till now was no valid member anyway.
    if failed { _ = lockOutReaders(patient: false) }
    if case .failed(let error) = proceed(budget: .max) { return error }
    // Whose thread has given it up.
    if failed { try? compaction.file.remove() }
    return nil
  }
}
