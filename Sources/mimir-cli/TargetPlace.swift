import Glibc
import MimirBase
import MimirGzip
import MimirIO

/// The name that a converted file takes once it is whole.
struct TargetPlace {
  let path: String
  private let overwrite: Bool
  private let status: stat
  private var temporary: String { "\(path).converting-\(getpid())" }

  /// - Throws: `.exists` when something is there and is not to be overwritten, `.locked` when it is
  ///   being written, `.invalidArgument` when it is the source.
  init(_ path: String, from source: LogSource, overwrite: Bool) throws(MimirError) {
    self.path = path
    self.overwrite = overwrite
    var status = stat()
    guard stat(source.path, &status) == 0 else {
      throw .system(Int(errno), "cannot look at", source.name)
    }
    let identity = FileIdentity(status)
    if FileIdentity(path: path) == identity {
      throw MimirError(.invalidArgument, "\(path) is the log itself; use another name")
    }
    do {
      try GzipCopy.checkTarget(
        path, isNot: identity, overwrite: overwrite, system: RealSyscalls.shared)
    } catch {
      throw Copy.advised(error, path)
    }
    if source.isStandardInput {
      // Not that of a log, but of a pipe or a temporary file: as any new file.
      let mask = umask(0)
      umask(mask)
      status.st_mode = 0o666 & ~mask
      (status.st_uid, status.st_gid) = (geteuid(), getegid())
    }
    self.status = status
  }

  /// The file under another name, which an interrupt removes.
  func begin() throws(MimirError) -> ReplacementFile {
    Unfinished.begin(temporary)
    return try ReplacementFile(at: temporary, like: status, system: RealSyscalls.shared)
  }

  func end(_ file: consuming ReplacementFile) throws(MimirError) {
    do {
      if overwrite { try file.take(place: path) } else { try file.take(freePlace: path) }
    } catch {
      throw Copy.advised(error, path)
    }
    Unfinished.end()
  }
}

/// A file that is to go when the command is interrupted.
private enum Unfinished {
  nonisolated(unsafe) private static var path: UnsafeMutablePointer<CChar>?

  static func begin(_ path: String) {
    self.path = strdup(path)
    Signals.handle([SIGINT, SIGTERM, SIGHUP]) { number in
      if let path = Unfinished.path { unlink(path) }
      Signals.end(by: number)
    }
  }

  /// It has its name now.
  static func end() { path = nil }
}
