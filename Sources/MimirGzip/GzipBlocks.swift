import Glibc
package import MimirBase
package import MimirIO

/// A gzip log that is being written, read by its chunks.
package final class GzipBlocks: LogBlocks {
  private let bytes: LogBytes
  private var inflater: ChunkInflater
  /// So far the file is known to be chunks.
  private var limit = 0

  package init(_ path: String, system: any Syscalls) throws(MimirError) {
    let file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK, system: system)
    bytes = LogBytes(file, path: path, system: system)
    inflater = try ChunkInflater()
  }

  package func block(at position: Int, into out: inout ByteBuffer) throws(MimirError) -> Int? {
    if position >= limit {
      // While a compaction is under way its chunks count as tail.
      guard let header = try bytes.header() else { return nil }
      limit = header.tailOffset
      guard position < limit else { return nil }
      bytes.dropJournal()
    }
    guard case .whole(let end) = try inflater.inflate(bytes, at: position, limit: limit, into: &out)
    else {
      throw MimirError(.corrupt, "\(bytes.path) is damaged at byte \(position)")
    }
    return end
  }

  package func rest(at position: Int, into out: inout ByteBuffer) throws(MimirError) -> Bool {
    let tail = try bytes.readTail()
    bytes.dropJournal()
    // With a journal, the tail begins behind chunks that lie in it.
    guard tail.header.tailOffset == position else { return false }
    out.truncate(to: 0)
    out.append(tail.text.bytes)
    return true
  }
}
