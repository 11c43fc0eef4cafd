package import Glibc
import MimirIO
import Synchronization

/// The real system calls, of which chosen ones fail.
package final class FaultySyscalls: Syscalls {
  package enum Fault: Sendable {
    case error(Int32)
    /// Only so many bytes of a write go through; the next write fails.
    case short(Int, then: Int32)
  }

  private struct Plan {
    var calls = 0
    var first = Int.max
    var last = Int.max
    var fault = Fault.error(EIO)
    /// Which calls count.
    var counted: Set<String> = []
    var pendingError: Int32?
  }

  private let real = RealSyscalls.shared
  private let plan = Locked(Plan())

  package init() {}

  /// Lets calls number `first` to `last` (from 1, counted from now on among `calls`) fail.
  package func fail(_ calls: Set<String>, first: Int, last: Int = .max, with fault: Fault) {
    plan.withLockUnchecked {
      $0.calls = 0
      $0.first = first
      $0.last = last
      $0.fault = fault
      $0.counted = calls
      $0.pendingError = nil
    }
  }

  package func recover() { plan.withLockUnchecked { $0.first = .max } }

  /// How many of the counted calls there were.
  package var calls: Int { plan.withLockUnchecked { $0.calls } }

  private func fault(_ name: String) -> Fault? {
    plan.withLockUnchecked { plan in
      guard plan.counted.contains(name) else { return nil }
      plan.calls += 1
      if let error = plan.pendingError {
        plan.pendingError = nil
        return .error(error)
      }
      guard plan.calls >= plan.first, plan.calls <= plan.last else { return nil }
      if case .short(_, let error) = plan.fault {
        guard name == "write" || name == "pwrite" else { return .error(error) }
        plan.pendingError = error
      }
      return plan.fault
    }
  }

  private func run(_ name: String, _ call: () -> Int) -> Int {
    guard case .error(let number)? = fault(name) else { return call() }
    return -Int(number)
  }

  package func open(_ path: UnsafePointer<CChar>, _ flags: Int32, _ mode: mode_t) -> Int {
    run("open") { real.open(path, flags, mode) }
  }

  package func close(_ fd: Int32) -> Int {
    // The real one runs in any case: a leaked descriptor would keep the lock.
    let result = real.close(fd)
    return run("close") { result }
  }

  package func write(_ fd: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    switch fault("write") {
    case .error(let number): -Int(number)
    case .short(let part, _): real.write(fd, bytes, min(part, count))
    case nil: real.write(fd, bytes, count)
    }
  }

  package func pread(_ fd: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int, _ offset: Int)
    -> Int
  {
    run("pread") { real.pread(fd, bytes, count, offset) }
  }

  package func pwrite(_ fd: Int32, _ bytes: UnsafeRawPointer, _ count: Int, _ offset: Int) -> Int {
    switch fault("pwrite") {
    case .error(let number): -Int(number)
    case .short(let part, _): real.pwrite(fd, bytes, min(part, count), offset)
    case nil: real.pwrite(fd, bytes, count, offset)
    }
  }

  package func ftruncate(_ fd: Int32, _ length: Int) -> Int {
    run("ftruncate") { real.ftruncate(fd, length) }
  }

  package func fstat(_ fd: Int32, _ status: UnsafeMutablePointer<stat>) -> Int {
    run("fstat") { real.fstat(fd, status) }
  }

  package func fdatasync(_ fd: Int32) -> Int { run("fdatasync") { real.fdatasync(fd) } }

  package func fsync(_ fd: Int32) -> Int { run("fsync") { real.fsync(fd) } }

  package func lock(_ fd: Int32, _ command: Int32, _ lock: UnsafeMutablePointer<flock>) -> Int {
    run("lock") { real.lock(fd, command, lock) }
  }

  package func flock(_ fd: Int32, _ operation: Int32) -> Int {
    run("flock") { real.flock(fd, operation) }
  }

  package func unlink(_ path: UnsafePointer<CChar>) -> Int { run("unlink") { real.unlink(path) } }

  package func rename(_ old: UnsafePointer<CChar>, _ new: UnsafePointer<CChar>) -> Int {
    run("rename") { real.rename(old, new) }
  }
}
