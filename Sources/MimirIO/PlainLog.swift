import Glibc
package import MimirBase

/// A plain JSON Lines file: appending is one `write`.
package final class PlainLog: LogFile {
  package let path: String
  /// Where the file lies, links resolved: for making it anew after the process has changed folders.
  private(set) var location = ""
  let system: any Syscalls
  let shared: Bool
  let isEntry: @Sendable (UnsafeRawBufferPointer) -> Bool
  var file: FileDescriptor
  package var identity: FileIdentity?
  var durable = false
  /// A failed `fdatasync` may have thrown the dirty pages away: calling it again would report a
  /// success that did not happen. So it lasts.
  var syncError: MimirError?
  /// A failed append left part of a line that could not be cut off yet.
  var torn = false
  var repairedBytes = 0
  /// When and at which size the file was last seen to be where the path leads.
  var verifiedAt = 0
  var verifiedSize = 0
  /// With `shared`: this writer's own last append.
  var lastAppend = (start: 0, count: 0)
  /// What was written to a file that has vanished since, to be written again.
  var rescued = ByteBuffer()

  package convenience init(
    path: String, options: LogFileOptions, system: any Syscalls = RealSyscalls.shared,
    isEntry: @escaping @Sendable (UnsafeRawBufferPointer) -> Bool
  ) throws(MimirError) {
    let file = try Self.openFile(path, mode: options.mode, system: system)
    try self.init(taking: file, path: path, options: options, system: system, isEntry: isEntry)
  }

  package init(
    taking file: consuming FileDescriptor, path: String, options: LogFileOptions,
    system: any Syscalls, isEntry: @escaping @Sendable (UnsafeRawBufferPointer) -> Bool
  ) throws(MimirError) {
    self.path = path
    self.system = system
    self.shared = options.shared
    self.isEntry = isEntry
    self.file = file
    try prepare(mode: options.mode)
    if options.durable, let error = requireDurability() { throw error }
  }

  package static func openFile(
    _ path: String, mode: OpenMode, system: any Syscalls
  ) throws(MimirError) -> FileDescriptor {
    // Not blocking: opening a pipe that nobody reads would wait for ever. Truncation waits until the
    // lock is held.
    let flags = O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | (mode == .exclusive ? O_EXCL : 0)
    do {
      return try FileDescriptor(opening: path, flags: flags, system: system)
    } catch  where error.code == .exists {
      throw MimirError(
        .exists, "\(path) is there already and the mode is exclusive; remove it or use another name"
      )
    }
  }

  /// Locks and mends a file that was just opened.
  private func prepare(mode: OpenMode) throws(MimirError) {
    let status = try file.status(of: path)
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      identity = FileIdentity(status)
      location = RealPath.of(path)
    case S_IFCHR: return
    default:
      throw MimirError(
        .unsupported, "\(path) is not a file; a log can be a regular file or a character device")
    }
    try FileLock.own(file, shared: shared, path: path)
    let emptied = mode == .truncate ? file.truncate(to: 0) : 0
    guard emptied >= 0 else { throw .system(emptied, "cannot empty", path) }
    let outcome = exclusively { () -> WriteOutcome in
      WriteOutcome(accepted: 0, error: self.mend())
    }
    if let error = outcome.error { throw error }
    verifiedAt = Clock.coarseMilliseconds()
  }

  package var textEnd: LogPlace? {
    guard !shared, identity != nil, let size = try? file.status(of: path).st_size else {
      return nil
    }
    return LogPlace(position: Int(size), skip: 0)
  }

  package func takeRepairedBytes() -> Int {
    defer { repairedBytes = 0 }
    return repairedBytes
  }

  package func requireDurability() -> MimirError? {
    if durable { return syncError }
    durable = true
    guard identity != nil else { return nil }
    do {
      try FileDescriptor.synchronizeDirectory(of: location, system: system)
    } catch {
      return error
    }
    return synchronize()
  }

  func synchronize() -> MimirError? {
    guard durable, identity != nil, syncError == nil else { return syncError }
    let result = file.synchronizeData()
    if result < 0 { syncError = .lastingSync(result, path) }
    return syncError
  }

  /// With `shared`, the other writers wait meanwhile.
  func exclusively(_ body: () -> WriteOutcome) -> WriteOutcome {
    shared && identity != nil ? FileLock.flushing(file, path: path, body) : body()
  }

  /// Brings the end of the file to a line's end. Returns an error, or nil.
  func mend() -> MimirError? {
    do {
      let size = Int(try file.status(of: path).st_size)
      let cut = try TornLine.repair(file, size: size, path: path, isEntry: isEntry)
      repairedBytes += cut
      verifiedSize = size - cut
      torn = false
      return nil
    } catch {
      return error
    }
  }
}
