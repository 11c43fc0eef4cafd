import Glibc
package import MimirBase

/// Kernel locks (open file description locks) on a log: they end with their process, however it ends.
///
/// Two bytes far beyond any content are locked. `owner`: a single writer holds it alone, writers that
/// share hold it together. `flush`: held by one sharing writer during each flush.
package enum FileLock {
  private static let ownerByte = off_t(1) << 62
  private static let flushByte = ownerByte + 1

  // From <fcntl.h>, where Swift's importer does not see them.
  private static let getLock: Int32 = 36
  private static let setLock: Int32 = 37
  private static let setLockAndWait: Int32 = 38

  /// Takes the owner's byte for as long as the file is open.
  package static func own(
    _ file: borrowing FileDescriptor, shared: Bool, path: String
  ) throws(MimirError) {
    var result = 0
    // A child that was forked a moment ago holds a copy of the lock until its fork handler has run.
    for _ in 0..<10 {
      result = set(file, shared ? F_RDLCK : F_WRLCK, ownerByte, wait: false)
      if result >= 0 { return }
      guard result == -Int(EAGAIN) || result == -Int(EACCES) else { break }
      usleep(2000)
    }
    guard result == -Int(EAGAIN) || result == -Int(EACCES) else {
      throw .system(result, "cannot lock", path)
    }
    let holder = LockHolder.description(of: file)
    throw MimirError(
      .locked,
      "\(path) is being written by \(holder); end it, use another file, "
        + "or let every writer open it as shared")
  }

  /// Runs `body` as the only one of the sharing writers.
  package static func flushing(
    _ file: borrowing FileDescriptor, path: String, _ body: () -> WriteOutcome
  ) -> WriteOutcome {
    let result = set(file, F_WRLCK, flushByte, wait: true)
    guard result >= 0 else {
      return WriteOutcome(accepted: 0, error: .system(result, "cannot lock", path))
    }
    let outcome = body()
    _ = set(file, F_UNLCK, flushByte, wait: false)
    return outcome
  }

  /// Whether a writer has the file open. Where that can't be told, it is taken to be so.
  package static func isOwned(_ file: borrowing FileDescriptor) -> Bool {
    var lock = request(F_WRLCK, ownerByte)
    return file.system.lock(file.raw, getLock, &lock) < 0
      || lock.l_type != Int16(truncatingIfNeeded: F_UNLCK)
  }

  private static func request(_ type: Int32, _ byte: off_t) -> flock {
    var lock = flock()
    lock.l_type = Int16(truncatingIfNeeded: type)
    lock.l_whence = Int16(truncatingIfNeeded: SEEK_SET)
    lock.l_start = byte
    lock.l_len = 1
    return lock
  }

  private static func set(
    _ file: borrowing FileDescriptor, _ type: Int32, _ byte: off_t, wait: Bool
  ) -> Int {
    var lock = request(type, byte)
    var result = 0
    repeat {
      result = file.system.lock(file.raw, wait ? setLockAndWait : setLock, &lock)
    } while result == -Int(EINTR)
    return result
  }
}
