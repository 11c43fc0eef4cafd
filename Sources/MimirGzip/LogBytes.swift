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
  private var overlay = ByteBuffer()
  private var overlayOffset = Int.max

  init(_ file: consuming FileDescriptor, path: String, system: any Syscalls) {
    self.file = file
    self.path = path
    self.system = system
  }

  func size() throws(MimirError) -> Int { Int(try file.status(of: path).st_size) }

  /// Appends up to `count` bytes from `offset` on to `out`; fewer only at the end.
  func read(_ count: Int, at offset: Int, into out: inout ByteBuffer) throws(MimirError) {
    guard count > 0 else { return }
    if offset >= overlayOffset {
      let start = min(offset - overlayOffset, overlay.count)
      let end = start + min(count, overlay.count - start)
      return out.append(UnsafeRawBufferPointer(rebasing: overlay.bytes[start..<end]))
    }
    let below = min(count, overlayOffset - offset)
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

  /// Lays the journal of the compaction that `header` is in, or has just ended, over the file.
  /// Returns the header after it; nil when there is no such journal.
  func applyJournal(for header: GzipHeader) -> GzipHeader? {
    for name in [path, realPath()] {
      var bytes = ByteBuffer()
      guard let name,
        (try? Journal.read(beside: name, into: &bytes, system: system)) == true,
        let (journal, payload) = Journal.parse(bytes.bytes),
        journal.isPending(for: header)
      else { continue }
      overlay = ByteBuffer(copying: payload)
      overlayOffset = journal.offset
      return journal.header
    }
    return nil
  }

  func dropJournal() {
    overlay = ByteBuffer()
    overlayOffset = .max
  }

  /// The file's own path, where it was opened by a link.
  private func realPath() -> String? {
    var name = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/fd/\(file.raw)", &name, name.count)
    guard count > 0 else { return nil }
    let real = String(decoding: name[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return real == path ? nil : real
  }
}
