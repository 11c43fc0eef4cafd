import Glibc
import MimirBase
import MimirIO

/// The bytes of a log that is read, with those of a compaction that its journal finishes laid over
/// them.
///
/// Read by several threads; the journal is laid over only while one has it.
final class LogBytes: @unchecked Sendable {
  let path: String
  let file: FileDescriptor
  let system: any Syscalls
  private var overlay: (file: JournalFile, journal: Journal)?

  init(_ file: consuming FileDescriptor, path: String, system: any Syscalls) {
    self.file = file
    self.path = path
    self.system = system
  }

  func size() throws(MimirError) -> Int { Int(try file.status(of: path).st_size) }

  /// Where the bytes end: the file's, or those laid over it.
  func end() throws(MimirError) -> Int {
    if let (_, journal) = overlay { return journal.offset + journal.length }
    return try size()
  }

  /// Appends up to `count` bytes from `offset` on to `out`; fewer only at the end.
  func read(_ count: Int, at offset: Int, into out: inout ByteBuffer) throws(MimirError) {
    guard count > 0 else { return }
    var below = count
    if let (file, journal) = overlay {
      // What lies behind the new chunks is not read from here: see journalTail.
      guard offset < journal.offset else {
        let start = min(offset - journal.offset, journal.length)
        return try file.read(min(count, journal.length - start), at: start, into: &out)
      }
      below = min(count, journal.offset - offset)
    }
    let got = try file.read(into: out.reserve(below), count: below, at: offset, path: path)
    out.commit(got)
    if got == below { try read(count - below, at: offset + below, into: &out) }
  }

  /// nil when the bytes are no header of a log.
  func header() throws(MimirError) -> GzipHeader? {
    var bytes = ByteBuffer()
    try read(GzipHeader.size, at: 0, into: &bytes)
    return GzipHeader(bytes.bytes)
  }

  /// Lays the new chunks in the journal of the compaction that `header` is in over the file.
  /// Returns it; nil when there is no such journal.
  func applyJournal(for header: GzipHeader) -> Journal? {
    for name in [path, realPath()] {
      guard let name, let found = try? JournalFile.find(beside: name, system: system),
        let journal = found.journal, journal.isPending(for: header)
      else { continue }
      overlay = (found.file, journal)
      return journal
    }
    return nil
  }

  func dropJournal() { overlay = nil }

  /// The file's own path, where it was opened by a link.
  private func realPath() -> String? {
    var name = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/fd/\(file.raw)", &name, name.count)
    guard count > 0 else { return nil }
    let real = String(decoding: name[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return real == path ? nil : real
  }
}
