import Glibc
package import MimirBase
package import MimirIO

/// What can be told of a log without reading its entries.
package struct LogState: Sendable {
  package enum Format: Sendable {
    case plain
    /// A gzip log of Mímir's.
    case log
    /// Another program's gzip.
    case foreign
  }

  package let format: Format
  /// Of the file, in bytes.
  package let size: Int
  package let isBeingWritten: Bool
  /// The pids of its writers, where they can be seen.
  package let writers: [String]
  /// A compaction has begun, and not ended.
  package let compacting: Bool

  package init(
    of path: String, system: any Syscalls = RealSyscalls.shared
  ) throws(MimirError) {
    let file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK, system: system)
    try file.requireLog(path)
    size = Int(try file.status(of: path).st_size)
    isBeingWritten = FileLock.isOwned(file)
    writers = isBeingWritten ? LockHolder.processes(of: file) : []
    var start = ByteBuffer(capacity: GzipHeader.size)
    start.commit(
      try file.read(
        into: start.reserve(GzipHeader.size), count: GzipHeader.size, at: 0, path: path))
    guard GzipText.isGzip(start.bytes) else {
      format = .plain
      compacting = false
      return
    }
    format = GzipHeader.isMarked(start.bytes) ? .log : .foreign
    compacting = GzipHeader(start.bytes)?.compacting ?? false
  }
}
