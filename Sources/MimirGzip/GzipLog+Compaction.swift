import Glibc
package import MimirBase
package import MimirIO

/// The part of a compaction that needs no lock: reads stored blocks, which do not change, and
/// compresses their text.
final class CompactionWork: LogMaintenance {
  /// Text per chunk.
  static let chunkSize = 256 << 10
  static let level: Int32 = 6

  let path: String
  let generation: UInt64
  /// From the tail's beginning to its end at that time.
  let start: TailWalk.Place
  private(set) var stop: Int
  private let file: FileDescriptor
  private(set) var chunks = ByteBuffer()
  /// Behind what the chunks hold.
  private(set) var reached: TailWalk.Place
  private(set) var error: MimirError?

  init(log: GzipLog) throws(MimirError) {
    path = log.location
    generation = log.header.generation
    start = TailWalk.Place(
      offset: log.header.tailOffset, length: log.header.prefixLength, crc: log.header.prefixCRC)
    stop = log.end.offset
    reached = start
    // A descriptor of its own: the log's may be closed or exchanged meanwhile.
    let file = try FileDescriptor(
      opening: log.location, flags: O_RDONLY | O_NONBLOCK, system: log.system)
    guard FileIdentity(try file.status(of: path)) == log.identity else {
      throw MimirError(.notFound, "\(path) is another file by now")
    }
    self.file = file
  }

  /// Takes what came during the last run too.
  func extend(to end: Int) { stop = end }

  package func run() {
    do throws(MimirError) {
      var deflater = try Deflater(level: Self.level)
      var text = ByteBuffer(capacity: Self.chunkSize + (64 << 10))
      var walk = TailWalk(from: reached)
      var compressed = ByteBuffer()
      swap(&chunks, &compressed)
      _ = try walk.run(file, size: stop, path: path) { block throws(MimirError) in
        text.append(block)
        guard text.count >= Self.chunkSize, block.last == UInt8(ascii: "\n") else { return }
        try deflater.compress(text.bytes, to: &compressed)
        text.truncate(to: 0)
      }
      guard walk.place.offset == stop else {
        throw MimirError(.corrupt, "the tail of \(path) could not be read back")
      }
      if !text.isEmpty { try deflater.compress(text.bytes, to: &compressed) }
      swap(&chunks, &compressed)
      reached = walk.place
    } catch {
      self.error = error
    }
  }
}

extension GzipLog {
  /// What was appended during the compression moves under the lock; more than this would hold a
  /// `log` up for too long, so the compaction is tried again later.
  private static let largestMove = 1 << 20

  package var needsMaintenance: Bool { end.offset - header.tailOffset >= compactionDue }

  package func prepareMaintenance() -> (any LogMaintenance)? {
    guard unfinished == nil, followIfShared() == nil, end.offset > header.tailOffset else {
      return nil
    }
    compactionDue = end.offset - header.tailOffset + Self.compactionThreshold
    return try? CompactionWork(log: self)
  }

  package func finishMaintenance(_ work: any LogMaintenance) -> MaintenanceOutcome {
    guard let work = work as? CompactionWork else { return .done }
    let rest = end.offset - work.stop
    if rest > Self.largestMove, work.error == nil, !shared {
      // Another run pays if it leaves less than this one; else more is logged than can be compressed.
      if rest < (work.stop - work.start.offset) / 2 {
        work.extend(to: end.offset)
        return .again
      }
      compactionDue = (end.offset - header.tailOffset) * 2
      return .done
    }
    if let error = finishMaintenance(work, largestMove: Self.largestMove) { return .failed(error) }
    return .done
  }

  func finishMaintenance(_ work: CompactionWork, largestMove: Int) -> MimirError? {
    // In a shared log, another writer's compaction may have moved what was being read.
    if let error = work.error, !shared { return error }
    let outcome = exclusively { () -> WriteOutcome in
      if self.shared, let error = self.followOthers() {
        return WriteOutcome(accepted: 0, error: error)
      }
      return WriteOutcome(accepted: 0, error: self.commit(work, largestMove))
    }
    return outcome.error
  }

  private func commit(_ work: CompactionWork, _ largestMove: Int) -> MimirError? {
    // Another writer of a shared log was first.
    guard work.generation == header.generation, work.start.offset == header.tailOffset else {
      return nil
    }
    if let error = work.error { return error }
    let rest = end.offset - work.stop
    guard rest <= largestMove, lockOutReaders(patient: largestMove == .max) else { return nil }
    defer { letReadersIn() }
    do throws(MimirError) {
      let compaction = try self.compaction(work, rest: rest)
      if let error = finish(compaction) { return error }
      compactionDue = Self.compactionThreshold
      return nil
    } catch {
      return error
    }
  }

  private func compaction(_ work: CompactionWork, rest: Int) throws(MimirError) -> Compaction {
    let payload = Compaction.Payload()
    let offset = work.start.offset
    payload.bytes.append(work.chunks.bytes)
    payload.bytes.commit(
      try file.read(into: payload.bytes.reserve(rest), count: rest, at: work.stop, path: path))
    TailLayout.appendEnd(
      at: offset + payload.bytes.count, crc: end.crc, length: end.length, to: &payload.bytes)
    var next = header
    next.compacting = false
    next.generation += 1
    next.tailOffset = offset + work.chunks.count
    next.prefixLength = work.reached.length
    next.prefixCRC = work.reached.crc
    var place = end
    place.offset = offset + payload.bytes.count - TailLayout.endSize
    return Compaction(
      journal: Journal(generation: header.generation, offset: offset, header: next),
      payload: payload, end: place)
  }

  /// A reader that holds `flock -s` reads in peace: the compaction is put off, at closing for a
  /// second at the most.
  private func lockOutReaders(patient: Bool) -> Bool {
    for _ in 0..<(patient ? 100 : 1) {
      // Only a reader puts it off, not a file system that knows no flock.
      if system.flock(file.raw, LOCK_EX | LOCK_NB) != -Int(EWOULDBLOCK) { return true }
      if patient { usleep(10_000) }
    }
    return false
  }

  private func letReadersIn() { _ = system.flock(file.raw, LOCK_UN) }

  private func followIfShared() -> MimirError? {
    guard shared else { return nil }
    return exclusively { WriteOutcome(accepted: 0, error: self.followOthers()) }.error
  }

  /// Compacts what is left. The caller has stopped the worker.
  package func close() -> MimirError? {
    if let error = syncError ?? settleFailures() ?? followIfShared() { return error }
    guard end.offset > header.tailOffset else { return nil }
    guard let work = try? CompactionWork(log: self) else { return nil }
    work.run()
    return finishMaintenance(work, largestMove: .max)
  }
}
