import Glibc
import MimirBase
import MimirIO

/// A journal's file, beside its log: the header, then the new chunks. Chunks are written as they are
/// made, so that a compaction of any size needs little memory; the header comes last.
final class JournalFile {
  let path: String
  private let file: FileDescriptor
  private let system: any Syscalls
  private(set) var length = 0
  private(set) var crc: UInt32 = 0

  /// A new one for the log at `log`.
  init(newBeside log: String, system: any Syscalls) throws(MimirError) {
    path = Journal.path(for: log)
    self.system = system
    // Never the file of an old one: a reader may still have that open.
    try Self.remove(path, system: system)
    file = try FileDescriptor(opening: path, flags: O_RDWR | O_CREAT | O_TRUNC, system: system)
  }

  /// nil when there is none at `path`.
  private init?(at path: String, system: any Syscalls) throws(MimirError) {
    self.path = path
    self.system = system
    do throws(MimirError) {
      file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK, system: system)
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }

  /// The journal beside a log, with what it says when it is complete; nil when there is none.
  static func find(
    beside log: String, system: any Syscalls
  ) throws(MimirError) -> (file: JournalFile, journal: Journal?)? {
    guard let file = try JournalFile(at: Journal.path(for: log), system: system) else { return nil }
    guard let journal = try file.readHeader(), try file.holds(journal) else { return (file, nil) }
    return (file, journal)
  }

  private func readHeader() throws(MimirError) -> Journal? {
    var bytes = ByteBuffer(capacity: Journal.headerSize)
    let size = Journal.headerSize
    bytes.commit(try file.read(into: bytes.reserve(size), count: size, at: 0, path: path))
    return Journal(bytes.bytes)
  }

  private func holds(_ journal: Journal) throws(MimirError) -> Bool {
    // A file of any size may lie there; only a journal's own length is read.
    guard try file.status(of: path).st_size == Journal.headerSize + journal.length else {
      return false
    }
    var bytes = ByteBuffer(capacity: min(journal.length, 1 << 20))
    var (done, crc) = (0, UInt32(0))
    while done < journal.length {
      bytes.truncate(to: 0)
      try read(min(journal.length - done, 1 << 20), at: done, into: &bytes)
      guard !bytes.isEmpty else { return false }
      crc = CRC32.update(crc, bytes.bytes)
      done += bytes.count
    }
    return crc == journal.crc
  }

  /// Appends up to `count` bytes of the chunks, from `offset` on; fewer only at the end.
  func read(_ count: Int, at offset: Int, into out: inout ByteBuffer) throws(MimirError) {
    out.commit(
      try file.read(
        into: out.reserve(count), count: count, at: Journal.headerSize + offset, path: path))
  }

  func append(_ chunks: UnsafeRawBufferPointer) throws(MimirError) {
    let error = file.write(chunks, at: Journal.headerSize + length)
    guard error == 0 else { throw .system(error, "cannot write to", path) }
    length += chunks.count
    crc = CRC32.update(crc, chunks)
  }

  /// From here on it counts.
  func complete(_ journal: Journal, durable: Bool) throws(MimirError) {
    var bytes = ByteBuffer(capacity: Journal.headerSize)
    journal.append(to: &bytes)
    let error = file.write(bytes.bytes, at: 0)
    guard error == 0 else { throw .system(error, "cannot write to", path) }
    guard durable else { return }
    let result = file.synchronizeData()
    guard result >= 0 else { throw .system(result, "cannot bring to the disk", path) }
    try FileDescriptor.synchronizeDirectory(of: path, system: system)
  }

  func remove() throws(MimirError) { try Self.remove(path, system: system) }

  static func remove(_ path: String, system: any Syscalls) throws(MimirError) {
    let result = path.withCString { system.unlink($0) }
    guard result >= 0 || result == -Int(ENOENT) else {
      throw .system(result, "cannot remove", path)
    }
  }
}
