import Glibc
import MimirBase
import MimirIO

/// A compaction that is ready to be written in place.
struct Compaction {
  var journal: Journal
  let payload: Payload
  /// Where the end will lie.
  var end: TailWalk.Place

  /// Shared, so that a compaction that could not be finished keeps one copy.
  final class Payload {
    var bytes = ByteBuffer()
  }
}

extension GzipLog {
  /// Redoes the compaction that a crash has interrupted, if there is one.
  func redoJournal() throws(MimirError) {
    var bytes = ByteBuffer()
    guard try readFile(journalPath, into: &bytes) else {
      guard header.compacting else { return }
      throw damaged("a compaction was under way, and its journal \(journalPath) is missing")
    }
    if let (journal, payload) = Journal.parse(bytes.bytes),
      journal.isPending(for: header)
    {
      if let error = writeInPlace(journal, payload) ?? synchronize() { throw error }
    } else if header.compacting {
      throw damaged("a compaction was under way, and its journal \(journalPath) is damaged")
    }
    try removeJournal()
  }

  /// Returns false when there is no such file.
  private func readFile(_ path: String, into out: inout ByteBuffer) throws(MimirError) -> Bool {
    let file: FileDescriptor
    do throws(MimirError) {
      file = try FileDescriptor(opening: path, flags: O_RDONLY, system: system)
    } catch {
      if error.code == .notFound { return false }
      throw error
    }
    let size = Int(try file.status(of: path).st_size)
    out.commit(try file.read(into: out.reserve(size), count: size, at: 0, path: path))
    return true
  }

  func removeJournal() throws(MimirError) {
    let result = unlinkFile(journalPath)
    guard result >= 0 || result == -Int(ENOENT) else {
      throw .system(result, "cannot remove", journalPath)
    }
  }

  private func unlinkFile(_ path: String) -> Int { path.withCString { system.unlink($0) } }

  /// Steps 1 to 5 of a compaction. An error before step 2 leaves all as it was; one after it leaves
  /// the compaction `unfinished`.
  func finish(_ compaction: Compaction) -> MimirError? {
    if unfinished == nil, let error = writeJournal(compaction) {
      _ = unlinkFile(journalPath)
      return error
    }
    unfinished = compaction
    if let error = writeInPlace(compaction.journal, compaction.payload.bytes.bytes) { return error }
    unfinished = nil
    disturbed = false
    end = compaction.end
    // The journal is needed until the header is on the disk. One that can't be removed does no harm:
    // its generation is no longer the header's.
    if let error = synchronize() { return error }
    _ = unlinkFile(journalPath)
    return nil
  }

  private func writeJournal(_ compaction: Compaction) -> MimirError? {
    do throws(MimirError) {
      let file = try FileDescriptor(
        opening: journalPath, flags: O_RDWR | O_CREAT | O_TRUNC, system: system)
      var bytes = ByteBuffer(capacity: Journal.headerSize + compaction.payload.bytes.count)
      compaction.journal.append(payload: compaction.payload.bytes.bytes, to: &bytes)
      let error = file.write(bytes.bytes, at: 0)
      guard error == 0 else { throw .system(error, "cannot write to", journalPath) }
      guard durable else { return nil }
      let result = file.synchronizeData()
      guard result >= 0 else { throw .system(result, "cannot bring to the disk", journalPath) }
      try FileDescriptor.synchronizeDirectory(of: journalPath, system: system)
      return nil
    } catch {
      return error
    }
  }

  /// Steps 2 to 4.
  private func writeInPlace(_ journal: Journal, _ payload: UnsafeRawBufferPointer) -> MimirError? {
    var flagged = header
    flagged.compacting = true
    if let error = writeState(flagged) { return error }
    let error = file.write(payload, at: journal.offset)
    guard error == 0 else { return .system(error, "cannot write to", path) }
    let cut = file.truncate(to: journal.offset + payload.count)
    guard cut >= 0 else { return .system(cut, "cannot cut", path) }
    if let error = synchronize() { return error }
    if let error = writeState(journal.header) { return error }
    header = journal.header
    return nil
  }

  private func writeState(_ state: GzipHeader) -> MimirError? {
    var bytes = ByteBuffer(capacity: GzipHeader.stateSize)
    state.appendState(to: &bytes)
    let error = file.write(bytes.bytes, at: GzipHeader.stateOffset)
    return error == 0 ? nil : .system(error, "cannot write the header of", path)
  }
}
