import Glibc
import MimirIO

/// The real system calls; what changes files is written down, so that a crash at any point can be
/// replayed.
final class RecordingSyscalls: Syscalls {
  enum Change: Sendable {
    case create(String, truncate: Bool)
    case write(String, offset: Int, [UInt8])
    case truncate(String, Int)
    case remove(String)
    case sync(String)
    /// Not a call: `log` has returned for so many bytes of text.
    case acknowledged(Int)
  }

  private struct Record {
    var changes: [Change] = []
    var paths: [Int32: String] = [:]
  }

  private let real = RealSyscalls.shared
  private let record = Locked(Record())

  var changes: [Change] { record.withLockUnchecked { $0.changes } }

  func acknowledge(_ count: Int) { note(.acknowledged(count)) }

  private func note(_ change: Change) { record.withLockUnchecked { $0.changes.append(change) } }

  private func path(_ fd: Int32) -> String { record.withLockUnchecked { $0.paths[fd] ?? "" } }

  func open(_ path: UnsafePointer<CChar>, _ flags: Int32, _ mode: mode_t) -> Int {
    let result = real.open(path, flags, mode)
    let name = String(cString: path)
    if result >= 0 {
      record.withLockUnchecked { $0.paths[Int32(result)] = name }
      if flags & O_CREAT != 0 { note(.create(name, truncate: flags & O_TRUNC != 0)) }
    }
    return result
  }

  func close(_ fd: Int32) -> Int { real.close(fd) }

  func write(_ fd: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    fatalError("a gzip log never appends by write()")
  }

  func pwrite(_ fd: Int32, _ bytes: UnsafeRawPointer, _ count: Int, _ offset: Int) -> Int {
    let content = [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
    note(.write(path(fd), offset: offset, content))
    return real.pwrite(fd, bytes, count, offset)
  }

  func pread(_ fd: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int, _ offset: Int) -> Int {
    real.pread(fd, bytes, count, offset)
  }

  func ftruncate(_ fd: Int32, _ length: Int) -> Int {
    note(.truncate(path(fd), length))
    return real.ftruncate(fd, length)
  }

  func fstat(_ fd: Int32, _ status: UnsafeMutablePointer<stat>) -> Int { real.fstat(fd, status) }

  func fdatasync(_ fd: Int32) -> Int {
    note(.sync(path(fd)))
    return real.fdatasync(fd)
  }

  func fsync(_ fd: Int32) -> Int { real.fsync(fd) }

  func lock(_ fd: Int32, _ command: Int32, _ lock: UnsafeMutablePointer<flock>) -> Int {
    real.lock(fd, command, lock)
  }

  func flock(_ fd: Int32, _ operation: Int32) -> Int { real.flock(fd, operation) }

  func unlink(_ path: UnsafePointer<CChar>) -> Int {
    note(.remove(String(cString: path)))
    return real.unlink(path)
  }

  func rename(_ old: UnsafePointer<CChar>, _ new: UnsafePointer<CChar>) -> Int {
    real.rename(old, new)
  }
}
