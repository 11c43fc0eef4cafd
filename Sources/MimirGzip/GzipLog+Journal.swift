import Glibc
import MimirBase
import MimirIO

extension GzipLog {
  /// Finishes the compaction that a crash has interrupted, if there is one.
  func redoJournal() throws(MimirError) {
    guard let (file, journal) = try JournalFile.find(beside: location, system: system) else {
      guard header.compacting else { return }
      throw damaged("a compaction was under way, and its journal \(journalPath) is missing")
    }
    if let journal, journal.isPending(for: header) {
      try redo(journal, in: file)
    } else if header.compacting {
      throw damaged("a compaction was under way, and its journal \(journalPath) is damaged")
    }
    try file.remove()
  }

  private func redo(_ journal: Journal, in file: JournalFile) throws(MimirError) {
    let size = Int(try self.file.status(of: path).st_size)
    if !header.compacting {
      // Not begun. (Or the power went, and the header did not reach the disk as other pages did.)
      var walk = tailWalk
      if try walk.run(self.file, size: size, path: path) == .complete { return }
    }
    var rest = TailWalk(
      from: TailWalk.Place(
        offset: journal.restOffset, length: journal.header.prefixLength,
        crc: journal.header.prefixCRC))
    let outcome = try rest.run(self.file, size: size, path: path)
    let place = outcome == .complete ? rest.place : rest.wholeLines
    // A rest that begins behind the file's end is another log's.
    guard outcome != .damaged, journal.restOffset + TailLayout.endSize <= size,
      place.offset - journal.restOffset <= journal.room
    else {
      guard header.compacting else { return }
      throw damaged("a compaction was under way, and the CRC of its last entries does not fit")
    }
    repairedBytes += max(size - place.offset - TailLayout.endSize, 0)
    end = place
    moving = Compaction(journal, in: file)
    surplus = nil
    if case .failed(let error) = proceed(budget: .max) {
      moving = nil
      throw error
    }
    // Behind what is kept there may be more than an end.
    let cut = self.file.truncate(to: end.offset + TailLayout.endSize)
    guard cut >= 0 else { throw .system(cut, "cannot cut", path) }
  }
}
