import Glibc
package import MimirBase

/// A log that is deleted while it is written (`rm`, a folder cleaned up) goes on being written to a
/// file without a name, and would be lost. So the link count is looked at a few times a second, and
/// what went to the nameless file since the last look is read back and written to a new one.
extension PlainLog {
  /// Milliseconds between two looks: rare enough to cost nothing per entry.
  static let verifyInterval = 250

  package func verify() -> MimirError? {
    guard identity != nil else { return nil }
    do {
      let status = try file.status(of: path)
      if status.st_nlink == 0 {
        try reopen(size: Int(status.st_size))
      } else if !shared {
        verifiedSize = Int(status.st_size)
      }
      verifiedAt = Clock.coarseMilliseconds()
      return nil
    } catch {
      return error
    }
  }

  private func reopen(size: Int) throws(MimirError) {
    do {
      try rescue(size: size)
      let new = try Self.openFile(location, mode: .append, system: system)
      let status = try new.status(of: path)
      try FileLock.own(new, shared: shared, path: path)
      file = new
      identity = FileIdentity(status)
      torn = true
      if durable { try FileDescriptor.synchronizeDirectory(of: location, system: system) }
    } catch {
      throw MimirError(
        error.code,
        "the log file was removed while it was written, and can't be made anew: \(error)")
    }
  }

  private func rescue(size: Int) throws(MimirError) {
    // A sharing writer looks before each write and answers for its own last one only.
    let start = shared ? lastAppend.start : verifiedSize
    let count = shared ? lastAppend.count : size - verifiedSize
    guard count > 0 else { return }
    let room = rescued.reserve(count)
    rescued.commit(try file.read(into: room, count: count, at: start, path: path))
    lastAppend.count = 0
    verifiedSize = size
  }
}
