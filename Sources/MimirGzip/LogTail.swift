import Glibc
import MimirBase
import MimirIO

/// A tail as it was at one moment, with the header that goes with it.
final class LogTail {
  let header: GzipHeader
  let text: ByteBuffer
  var report = ReadReport()

  init(_ header: GzipHeader, _ text: consuming ByteBuffer) {
    self.header = header
    self.text = text
  }
}

extension LogBytes {
  /// More than this is not held in memory.
  private static let largestTail: UInt64 = 4 << 30

  private struct Attempt: ~Copyable {
    /// As the journal of a compaction makes it, when there is one.
    var header: GzipHeader
    var text: ByteBuffer
    var walk: TailWalk
    var outcome: TailWalk.Outcome
  }

  /// What a writer's work shows in; equal while it does nothing.
  private struct Stamp: Equatable {
    var header: GzipHeader
    var size: Int
    var seconds: Int
    var nanoseconds: Int
  }

  /// Reads the tail: as it was at one moment when the file is live, and as recovery would see it when
  /// its writer was killed.
  func readTail() throws(MimirError) -> LogTail {
    var last: Stamp?
    var (tries, calm) = (0, 0)
    while true {
      // Asked first: a writer that ends during the attempt has left it right after.
      let live = FileLock.isOwned(file)
      guard let header = try header() else {
        if live, tries < 100 {
          tries += 1
          continue
        }
        return unreadable(GzipHeader(), "its header is damaged")
      }
      let attempt = try attempt(header)
      let now = try stamp(header)
      if attempt.outcome == .complete {
        // What a journal was laid over stays right when its compaction ends meanwhile.
        let now = try self.header()
        if header.compacting || now == header { return LogTail(attempt.header, attempt.text) }
      }
      // An append or a compaction was under way, or a kill has stopped it.
      calm = now == last ? calm + 1 : 0
      last = now
      tries += 1
      guard live, calm < 10, tries < 5000 else { return try settle(attempt) }
      if tries > 10 { usleep(calm > 0 ? 10_000 : 100) }
    }
  }

  private func stamp(_ header: GzipHeader) throws(MimirError) -> Stamp {
    let status = try file.status(of: path)
    return Stamp(
      header: header, size: Int(status.st_size), seconds: status.st_mtim.tv_sec,
      nanoseconds: status.st_mtim.tv_nsec)
  }

  private func attempt(_ header: GzipHeader) throws(MimirError) -> Attempt {
    var header = header
    var start = header.tailOffset
    dropJournal()
    if header.compacting, let journal = applyJournal(for: header) {
      // What remains of the tail has not moved yet: it does when the header changes.
      header = journal.header
      start = journal.restOffset
    }
    var text = ByteBuffer()
    var walk = TailWalk(
      from: TailWalk.Place(
        offset: start, length: header.prefixLength, crc: header.prefixCRC))
    // Up to wherever the file's end is by then: it grows meanwhile.
    let outcome = try walk.run(file, size: .max, path: path) { block throws(MimirError) in
      guard UInt64(text.count) + UInt64(block.count) <= Self.largestTail else {
        throw MimirError(
          .tooLarge, "\(self.path) has more than 4 GiB that are not compressed; read it with zcat")
      }
      text.append(block)
    }
    return Attempt(header: header, text: text, walk: walk, outcome: outcome)
  }

  /// What can be had of a tail that does not come right.
  private func settle(_ attempt: consuming Attempt) throws(MimirError) -> LogTail {
    let header = attempt.header
    if header.compacting {
      return unreadable(header, "a compaction was under way, and its journal is missing or damaged")
    }
    let size = try size()
    if attempt.outcome == .damaged {
      let tail = LogTail(header, attempt.text)
      tail.report.note(
        damage: "\(path) is damaged: the CRC of its last entries does not fit; "
          + "some of them may be wrong")
      return tail
    }
    var text = attempt.text
    let whole = attempt.walk.wholeLines
    text.truncate(to: Int(clamping: whole.length &- header.prefixLength))
    let tail = LogTail(header, text)
    let skipped = max(size - whole.offset, 0)
    tail.report.note(
      torn: "\(path) ends in a torn entry, left by a process that was killed or a copy cut short: "
        + "its last \(skipped) bytes are left out", skipped: skipped)
    return tail
  }

  private func unreadable(_ header: GzipHeader, _ what: String) -> LogTail {
    let tail = LogTail(header, ByteBuffer())
    let skipped = max(((try? size()) ?? 0) - header.tailOffset, 0)
    tail.report.note(
      damage: "\(path) is damaged: \(what); its last \(skipped) bytes can't be read",
      skipped: skipped)
    return tail
  }
}
