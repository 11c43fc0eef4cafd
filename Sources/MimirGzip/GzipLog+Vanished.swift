import Glibc
package import MimirBase
import MimirIO

/// A log that is deleted while it is written is made anew, with the text appended since the file was
/// last seen to be there; that is kept in memory meanwhile.
extension GzipLog {
  /// Milliseconds, and bytes, between two looks.
  static let verifyInterval = 250
  private static let largestRecent = 1 << 20

  func remember(_ text: UnsafeRawBufferPointer) {
    recent.append(text)
    if recent.count > Self.largestRecent { verifiedAt = .min / 2 }
  }

  package func verify() -> MimirError? {
    do throws(MimirError) {
      if try file.status(of: path).st_nlink == 0 { try reopen() }
      verifiedAt = Clock.coarseMilliseconds()
      recent.truncate(to: 0)
      return nil
    } catch {
      return error
    }
  }

  private func reopen() throws(MimirError) {
    do throws(MimirError) {
      let new = try Self.openFile(location, mode: .append, system: system)
      (moving, surplus) = (nil, nil)
      file = new
      try prepare(mode: .append)
      let again = ByteBuffer(copying: recent.bytes)
      recent.truncate(to: 0)
      let outcome = exclusively { self.appendSlices(again.bytes) }
      if let error = outcome.error { throw error }
      if durable { try FileDescriptor.synchronizeDirectory(of: location, system: system) }
    } catch {
      throw MimirError(
        error.code,
        "the log file was removed while it was written, and can't be made anew: \(error)")
    }
  }
}
