import Glibc
import MimirBase
import MimirIO

extension GzipLog {
  /// Brings a log that is there to a valid state, whatever a crash has left. Time in proportion to
  /// the tail.
  func recover() throws(MimirError) {
    try readHeader()
    // No kill cuts chunks: an end behind a hole would seal the loss.
    guard header.tailOffset <= Int(try file.status(of: path).st_size) else {
      throw damaged("it is cut short")
    }
    try redoJournal()
    let size = Int(try file.status(of: path).st_size)
    var walk = tailWalk
    let outcome = try walk.run(file, size: size, path: path)
    switch outcome {
    case .complete:
      end = walk.place
      try cut(size: size)
    case .torn:
      repairedBytes += max(size - walk.wholeLines.offset - TailLayout.endSize, 0)
      end = walk.wholeLines
      if let error = writeEnd() { throw error }
    case .damaged:
      throw damaged("the CRC of its last entries does not fit")
    }
  }

  /// From the tail's beginning on.
  var tailWalk: TailWalk {
    TailWalk(
      from: TailWalk.Place(
        offset: header.tailOffset, length: header.prefixLength, crc: header.prefixCRC))
  }

  private func readHeader() throws(MimirError) {
    var bytes = ByteBuffer(capacity: GzipHeader.size)
    bytes.commit(
      try file.read(
        into: bytes.reserve(GzipHeader.size), count: GzipHeader.size, at: 0, path: path))
    guard let header = GzipHeader(bytes.bytes) else { throw damaged("its header is") }
    self.header = header
  }

  func damaged(_ what: String) -> MimirError {
    MimirError(
      .corrupt,
      "\(path) is damaged (\(what)); nothing was changed: "
        + "save what can be read with `mimir repair`, or use another file")
  }

  /// Behind a complete end lies at most the first half of an append that was never acknowledged.
  private func cut(size: Int) throws(MimirError) {
    let complete = end.offset + TailLayout.endSize
    guard size > complete else { return }
    let result = file.truncate(to: complete)
    guard result >= 0 else { throw .system(result, "cannot cut", path) }
    repairedBytes += size - complete
  }

  /// With `shared`: takes over what other writers have appended or compacted since.
  func followOthers() -> MimirError? {
    do throws(MimirError) {
      let before = header
      // Whoever comes first finishes it from its journal.
      (moving, surplus) = (nil, nil)
      try readHeader()
      let size = Int(try file.status(of: path).st_size)
      if !header.compacting {
        if header == before, size == end.offset + TailLayout.endSize { return nil }
        var walk = header.generation == before.generation ? TailWalk(from: end) : tailWalk
        if try walk.run(file, size: size, path: path) == .complete {
          end = walk.place
          if size > end.offset + TailLayout.endSize { try cut(size: size) }
          return nil
        }
      }
      // Another writer died at its work.
      try recover()
      return nil
    } catch {
      return error
    }
  }
}
