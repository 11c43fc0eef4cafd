import Glibc
import MimirBase
import MimirGzip
import MimirIO

/// The file that a path leads to, and what follows its text.
struct FollowedFile {
  private static let startLength = 52

  let text: any TextFollower
  private let path: String
  private let identity: FileIdentity

  /// nil when there is nothing in the file yet that shows its kind.
  init?(_ path: String, system: any Syscalls) throws(MimirError) {
    let file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK, system: system)
    try file.requireLog(path)
    var start = ByteBuffer(capacity: Self.startLength)
    start.commit(
      try file.read(
        into: start.reserve(Self.startLength), count: Self.startLength, at: 0, path: path))
    guard start.count >= 2 else { return nil }
    identity = FileIdentity(try file.status(of: path))
    self.path = path
    if GzipFollower.follows(start.bytes) {
      text = try GzipFollower(file, path: path, system: system)
    } else if GzipReader.isGzip(start.bytes) {
      text = ForeignFollower(file, path: path, system: system)
    } else {
      text = PlainFollower(file, path: path)
    }
  }

  /// Whether another file has taken its place.
  var isGone: Bool {
    guard let now = FileIdentity(path: path) else { return false }
    return now != identity
  }
}
