import Glibc
import MimirBase
import MimirIO
import MimirJSON

/// A client's folder in the spool folder; see docs/protocol.md. Locked for as long as this is there.
///
/// Unchecked, because of the descriptors: they never change, and reads and writes name their places.
final class SpoolFolder: @unchecked Sendable {
  static let about = "client.json"
  private static let mark = "acknowledged"

  let path: String
  let identity: ClientIdentity
  private let lock: FileDescriptor
  private let mark: FileDescriptor

  /// Makes one for a new client.
  static func make(
    in spool: String, for identity: ClientIdentity, server: String
  ) throws(MimirError) -> SpoolFolder {
    try makeFolders(spool)
    let path = spool + "/" + identity.id
    guard mkdir(path, 0o700) == 0 else { throw .system(Int(errno), "cannot make the folder", path) }
    let lock = try FileDescriptor(
      opening: path + "/" + about, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o600,
      system: RealSyscalls.shared)
    try FileLock.own(lock, shared: false, path: path)
    let folder = try SpoolFolder(path: path, identity: identity, lock: lock)
    try folder.describe(server)
    return folder
  }

  private init(
    path: String, identity: ClientIdentity, lock: consuming FileDescriptor
  ) throws(MimirError) {
    mark = try FileDescriptor(
      opening: path + "/" + Self.mark, flags: O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600,
      system: RealSyscalls.shared)
    self.path = path
    self.identity = identity
    self.lock = lock
  }

  /// Up to where the server has them: not sent again after this process's death, also not to a server
  /// with another log. May be behind: then the server's log knows better.
  var acknowledged: UInt64 {
    get {
      var text = ByteBuffer()
      let count = try? mark.read(into: text.reserve(20), count: 20, at: 0, path: path)
      text.commit(count ?? 0)
      return UInt64(String(decoding: text.bytes, as: UTF8.self)) ?? 0
    }
    set {
      let line = ByteBuffer(copying: Array((Self.twentyDigits(newValue) + "\n").utf8))
      _ = mark.write(line.bytes, at: 0)
    }
  }

  private static func twentyDigits(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 20 - digits.utf8.count) + digits
  }

  private func describe(_ server: String) throws(MimirError) {
    var object = identity.object
    object["server"] = .string(server)
    let text = ByteBuffer(copying: Array((object.text() + "\n").utf8))
    let error = lock.write(text.bytes, at: 0)
    guard error == 0 else { throw .system(error, "cannot write to", path + "/" + Self.about) }
  }

  enum Found {
    case spool(SpoolFolder)
    /// Its client lives, or another one sends it.
    case busy
    /// Of another server, or none at all.
    case other
  }

  /// Takes over one that its client has left behind.
  static func adopt(_ path: String, server: String) -> Found {
    do throws(MimirError) {
      let lock = try FileDescriptor(
        opening: path + "/" + about, flags: O_RDWR | O_NOFOLLOW | O_NONBLOCK,
        system: RealSyscalls.shared)
      let status = try lock.status(of: path)
      guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= 8192 else { return .other }
      if FileLock.isOwned(lock) { return .busy }
      try FileLock.own(lock, shared: false, path: path)
      // Its client may have ended meanwhile, and taken it away.
      guard try lock.status(of: path).st_nlink > 0 else { return .other }
      var text = ByteBuffer()
      text.commit(try lock.read(into: text.reserve(8192), count: 8192, at: 0, path: path))
      guard let object = JSONObject(text: text.bytes), let identity = ClientIdentity(object),
        object["server"]?.stringValue == server,
        path.hasSuffix("/" + identity.id)
      else { return .other }
      return .spool(try SpoolFolder(path: path, identity: identity, lock: lock))
    } catch {
      return error.code == .locked ? .busy : .other
    }
  }

  /// The folders that may be spools.
  static func all(in spool: String) -> [String] {
    names(in: spool).filter { ClientIdentity.isID($0.utf8) }.sorted().map { spool + "/" + $0 }
  }

  /// What entries it holds, by the first number of each file.
  func segments() -> [(first: UInt64, path: String)] {
    Self.names(in: path).compactMap { name in
      guard name.hasSuffix(".jsonl"), name.utf8.count == 26,
        let first = UInt64(name.dropLast(6)), first > 0, first <= UInt64(Int64.max)
      else { return nil }
      return (first, path + "/" + name)
    }.sorted { $0.0 < $1.0 }
  }

  func segmentPath(_ first: UInt64) -> String {
    path + "/" + Self.twentyDigits(first) + ".jsonl"
  }

  /// Takes it away, when all of it is sent.
  func remove() {
    for segment in segments() { unlink(segment.path) }
    unlink(path + "/" + Self.mark)
    unlink(path + "/" + Self.about)
    rmdir(path)
  }

  private static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names
  }

  /// Also those around it.
  private static func makeFolders(_ path: String) throws(MimirError) {
    guard !path.utf8.contains(0) else {
      throw MimirError(.invalidArgument, "the path of the spool contains a NUL byte; paths can't")
    }
    var end = path.startIndex
    while end < path.endIndex {
      end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
      let folder = String(path[..<end])
      guard mkdir(folder, 0o700) != 0, errno != EEXIST else { continue }
      // One that is there, and may only be looked at, is no obstacle yet.
      let number = Int(errno)
      var status = stat()
      guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw .system(number, "cannot make the folder", folder)
      }
    }
  }

  /// Where spools lie unless told.
  static func standard() throws(MimirError) -> String {
    for (name, rest) in [("XDG_STATE_HOME", ""), ("HOME", "/.local/state")] {
      guard let value = getenv(name) else { continue }
      let folder = String(cString: value)
      if folder.hasPrefix("/") { return folder + rest + "/mimir/spool" }
    }
    throw MimirError(
      .notFound,
      "there is no place for the spool: neither XDG_STATE_HOME nor HOME is set; "
        + "give a folder for it, or do without one (memory_only)")
  }
}
