import Glibc
import MimirBase
import MimirIO

/// A log's file as it is, or as the journal of a compaction that was interrupted makes it.
struct FileImage: ~Copyable {
  let file: FileDescriptor
  let path: String
  let size: Int
  /// The header's state, when it is in order.
  let header: GzipHeader?
  private let overlay: (file: JournalFile, journal: Journal)?

  init(
    _ file: consuming FileDescriptor, path: String, system: any Syscalls
  ) throws(MimirError) {
    var size = Int(try file.status(of: path).st_size)
    var start = ByteBuffer(capacity: GzipHeader.size)
    start.commit(
      try file.read(
        into: start.reserve(GzipHeader.size), count: GzipHeader.size, at: 0, path: path))
    // The marks in front of it may be what is damaged.
    var header =
      start.count < GzipHeader.size
      ? nil
      : GzipHeader(
        state: UnsafeRawBufferPointer(
          rebasing: start.bytes[GzipHeader.stateOffset..<GzipHeader.size]))
    var overlay: (JournalFile, Journal)?
    if let known = header, let (file, found) = try JournalFile.find(beside: path, system: system),
      let journal = found, journal.isPending(for: known), journal.restOffset <= size
    {
      overlay = (file, journal)
      size -= journal.restOffset - journal.header.tailOffset
      header = journal.header
    }
    self.overlay = overlay
    self.size = size
    self.header = header
    self.path = path
    self.file = file
  }

  /// Replaces what `bytes` holds by up to `count` bytes from `offset` on; fewer only at the end.
  func read(into bytes: inout ByteBuffer, count: Int, at offset: Int) throws(MimirError) {
    bytes.truncate(to: 0)
    guard let (journalFile, journal) = overlay else {
      bytes.commit(try file.read(into: bytes.reserve(count), count: count, at: offset, path: path))
      return
    }
    let end = offset + count
    var place = offset
    // The file, the new chunks, and what moves behind them.
    if place < journal.offset {
      let part = min(end, journal.offset) - place
      bytes.commit(try file.read(into: bytes.reserve(part), count: part, at: place, path: path))
      place += part
    }
    if place < end, place < journal.header.tailOffset {
      let part = min(end, journal.header.tailOffset) - place
      try journalFile.read(part, at: place - journal.offset, into: &bytes)
      place += part
    }
    guard place < end else { return }
    let source = place + journal.restOffset - journal.header.tailOffset
    let part = end - place
    bytes.commit(try file.read(into: bytes.reserve(part), count: part, at: source, path: path))
  }
}
