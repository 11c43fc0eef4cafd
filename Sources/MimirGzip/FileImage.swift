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
  private let overlayOffset: Int
  private var overlay = ByteBuffer()

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
    var overlayOffset = size
    var bytes = ByteBuffer()
    if let known = header, try Journal.read(beside: path, into: &bytes, system: system),
      let (journal, payload) = Journal.parse(bytes.bytes),
      journal.generation == known.generation || journal.header.generation == known.generation,
      journal.offset <= size
    {
      overlay.append(payload)
      overlayOffset = journal.offset
      size = journal.offset + payload.count
      header = journal.header
    }
    self.size = size
    self.header = header
    self.overlayOffset = overlayOffset
    self.path = path
    self.file = file
  }

  /// Replaces what `bytes` holds by up to `count` bytes from `offset` on; fewer only at the end.
  func read(into bytes: inout ByteBuffer, count: Int, at offset: Int) throws(MimirError) {
    bytes.truncate(to: 0)
    let inFile = min(count, max(overlayOffset - offset, 0))
    if inFile > 0 {
      bytes.commit(
        try file.read(into: bytes.reserve(inFile), count: inFile, at: offset, path: path))
      guard bytes.count == inFile else { return }
    }
    let start = max(offset - overlayOffset, 0)
    let end = min(start + (count - inFile), overlay.count)
    if start < end { bytes.append(UnsafeRawBufferPointer(rebasing: overlay.bytes[start..<end])) }
  }
}
