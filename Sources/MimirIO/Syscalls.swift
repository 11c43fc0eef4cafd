import CLinux
package import Glibc

/// Every system call of the file code goes through here, so that a test can make any of them fail.
///
/// A result below zero is a negated `errno`. Nothing is retried on this side of the seam: what to do
/// on `EINTR` or a short write is decided, and tested, by the callers.
package protocol Syscalls: AnyObject, Sendable {
  func open(_ path: UnsafePointer<CChar>, _ flags: Int32, _ mode: mode_t) -> Int
  func close(_ fd: Int32) -> Int
  func write(_ fd: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int
  func pread(_ fd: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int, _ offset: Int) -> Int
  func pwrite(_ fd: Int32, _ bytes: UnsafeRawPointer, _ count: Int, _ offset: Int) -> Int
  func ftruncate(_ fd: Int32, _ length: Int) -> Int
  func fstat(_ fd: Int32, _ status: UnsafeMutablePointer<stat>) -> Int
  func fdatasync(_ fd: Int32) -> Int
  func fsync(_ fd: Int32) -> Int
  func lock(_ fd: Int32, _ command: Int32, _ lock: UnsafeMutablePointer<flock>) -> Int
  func flock(_ fd: Int32, _ operation: Int32) -> Int
  func unlink(_ path: UnsafePointer<CChar>) -> Int
  func rename(_ old: UnsafePointer<CChar>, _ new: UnsafePointer<CChar>) -> Int
}

package final class RealSyscalls: Syscalls {
  package static let shared = RealSyscalls()

  package init() {}

  package func open(_ path: UnsafePointer<CChar>, _ flags: Int32, _ mode: mode_t) -> Int {
    result(Int(Glibc.open(path, flags, mode)))
  }

  package func close(_ fd: Int32) -> Int { result(Int(Glibc.close(fd))) }

  package func write(_ fd: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    result(Glibc.write(fd, bytes, count))
  }

  package func pread(
    _ fd: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int, _ offset: Int
  ) -> Int {
    result(Glibc.pread(fd, bytes, count, off_t(offset)))
  }

  package func pwrite(
    _ fd: Int32, _ bytes: UnsafeRawPointer, _ count: Int, _ offset: Int
  ) -> Int {
    mimir_pwrite(fd, bytes, count, off_t(offset))
  }

  package func ftruncate(_ fd: Int32, _ length: Int) -> Int {
    result(Int(Glibc.ftruncate(fd, off_t(length))))
  }

  package func fstat(_ fd: Int32, _ status: UnsafeMutablePointer<stat>) -> Int {
    result(Int(Glibc.fstat(fd, status)))
  }

  package func fdatasync(_ fd: Int32) -> Int { result(Int(Glibc.fdatasync(fd))) }

  package func fsync(_ fd: Int32) -> Int { result(Int(Glibc.fsync(fd))) }

  package func lock(_ fd: Int32, _ command: Int32, _ lock: UnsafeMutablePointer<flock>) -> Int {
    result(Int(fcntl(fd, command, lock)))
  }

  package func flock(_ fd: Int32, _ operation: Int32) -> Int {
    result(Int(flockCall(fd, operation)))
  }

  package func unlink(_ path: UnsafePointer<CChar>) -> Int { result(Int(Glibc.unlink(path))) }

  package func rename(_ old: UnsafePointer<CChar>, _ new: UnsafePointer<CChar>) -> Int {
    result(Int(Glibc.rename(old, new)))
  }

  private func result(_ value: Int) -> Int { value < 0 ? -Int(errno) : value }
}

/// Swift sees only the struct of the same name.
@_silgen_name("flock") private func flockCall(_ fd: Int32, _ operation: Int32) -> Int32
