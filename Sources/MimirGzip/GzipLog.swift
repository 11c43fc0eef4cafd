import Glibc
package import MimirBase
package import MimirIO

/// A gzip log that is complete and valid after every append. See docs/format.md.
package final class GzipLog: LogFile {
  package let path: String
  /// Where the file lies, links resolved: its journal lies beside it by whatever path it is opened.
  private(set) var location = ""
  var journalPath: String { Journal.path(for: location) }
  let system: any Syscalls
  let shared: Bool
  /// For a foreign file that ends without a newline; nil when any text may be logged.
  let isEntry: (@Sendable (UnsafeRawBufferPointer) -> Bool)?
  var file: FileDescriptor
  package private(set) var identity: FileIdentity?
  /// As it stands in the file.
  var header = GzipHeader()
  /// Where the end lies, and what it says of the text.
  var end = TailWalk.Place(offset: GzipHeader.size, length: 0, crc: 0)
  /// A failed write may have left something at or behind the end.
  var disturbed = false
  var durable = false
  /// A failed sync lasts: see PlainLog.
  var syncError: MimirError?
  var repairedBytes = 0
  /// When the file was last seen to be where the path leads, and the text appended since.
  var verifiedAt = 0
  var recent = ByteBuffer()
  /// A compaction that is being done in the file.
  var moving: Compaction?
  /// The file's size while a compaction's remains behind the end are still to be cut.
  var surplus: Int?
  /// The tail's size at which the next compaction is due.
  var compactionDue = GzipLog.compactionThreshold
  var out = ByteBuffer()

  /// Bytes that a compaction moves before appends get their turn.
  package var slice = 128 << 10

  package static let compactionThreshold = 256 << 10

  package init(
    path: String, options: LogFileOptions, system: any Syscalls = RealSyscalls.shared,
    isEntry: (@Sendable (UnsafeRawBufferPointer) -> Bool)? = nil
  ) throws(MimirError) {
    self.path = path
    self.isEntry = isEntry
    self.system = system
    shared = options.shared
    durable = options.durable
    file = try Self.openFile(path, mode: options.mode, system: system)
    try prepare(mode: options.mode)
    if durable, let error = makeDurable() { throw error }
  }

  package static func openFile(
    _ path: String, mode: OpenMode, system: any Syscalls
  ) throws(MimirError) -> FileDescriptor {
    let flags = O_RDWR | O_CREAT | O_NONBLOCK | (mode == .exclusive ? O_EXCL : 0)
    do {
      return try FileDescriptor(opening: path, flags: flags, system: system)
    } catch  where error.code == .exists {
      throw MimirError(
        .exists, "\(path) is there already and the mode is exclusive; remove it or use another name"
      )
    }
  }

  /// Locks a file that was just opened, and brings it to a valid state.
  func prepare(mode: OpenMode) throws(MimirError) {
    try own()
    if mode != .truncate {
      while try isForeign() {
        try exclusively { () throws(MimirError) in try convert() }
        file = try Self.openFile(path, mode: .append, system: system)
        try own()
      }
    }
    try exclusively { () throws(MimirError) in try settle(empty: mode == .truncate) }
    verifiedAt = Clock.coarseMilliseconds()
    compactionDue = Self.compactionThreshold
  }

  private func own() throws(MimirError) {
    let status = try file.status(of: path)
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw MimirError(.unsupported, "\(path) is not a file; a gzip log needs a regular file")
    }
    identity = FileIdentity(status)
    if location.isEmpty { location = RealPath.of(path) }
    try FileLock.own(file, shared: shared, path: path)
  }

  private func isForeign() throws(MimirError) -> Bool {
    var start = ByteBuffer(capacity: GzipHeader.size)
    let size = GzipHeader.size
    start.commit(try file.read(into: start.reserve(size), count: size, at: 0, path: path))
    return !GzipHeader.isMarked(start.bytes) && start.bytes.contains { $0 != 0 }
  }

  private func convert() throws(MimirError) {
    // Another sharing writer may have done it while this one waited.
    guard FileIdentity(path: path) == identity else { return }
    repairedBytes += try GzipConversion.convert(
      path: path, durable: durable, system: system, isEntry: isEntry)
  }

  private func settle(empty: Bool) throws(MimirError) {
    let size = Int(try file.status(of: path).st_size)
    var fresh = empty
    if !fresh { fresh = try isBlank(size: size) }
    if fresh {
      try JournalFile.remove(journalPath, system: system)
      try writeEmptyLog()
    } else {
      try recover()
    }
  }

  /// Nothing but zeros: a new log whose first page a power cut has kept from the disk.
  private func isBlank(size: Int) throws(MimirError) -> Bool {
    var block = ByteBuffer(capacity: 1 << 16)
    var offset = 0
    while offset < size {
      block.truncate(to: 0)
      let wanted = min(1 << 16, size - offset)
      block.commit(
        try file.read(into: block.reserve(wanted), count: wanted, at: offset, path: path))
      guard !block.isEmpty else { break }
      if block.bytes.contains(where: { $0 != 0 }) { return false }
      offset += block.count
    }
    return true
  }

  /// A new log is a valid empty member from the moment it exists.
  private func writeEmptyLog() throws(MimirError) {
    let cut = file.truncate(to: 0)
    guard cut >= 0 else { throw .system(cut, "cannot empty", path) }
    header = GzipHeader()
    end = TailWalk.Place(offset: GzipHeader.size, length: 0, crc: 0)
    out.truncate(to: 0)
    header.append(to: &out)
    TailLayout.appendEnd(at: GzipHeader.size, crc: 0, length: 0, to: &out)
    let error = file.write(out.bytes, at: 0)
    guard error == 0 else { throw .system(error, "cannot write to", path) }
  }

  package var textEnd: LogPlace? {
    guard !shared else { return nil }
    return LogPlace(
      position: header.tailOffset, skip: Int(clamping: end.length &- header.prefixLength))
  }

  package func takeRepairedBytes() -> Int {
    defer { repairedBytes = 0 }
    return repairedBytes
  }

  package func requireDurability() -> MimirError? {
    if durable { return syncError }
    durable = true
    return makeDurable()
  }

  private func makeDurable() -> MimirError? {
    do throws(MimirError) {
      try FileDescriptor.synchronizeDirectory(of: location, system: system)
    } catch {
      return error
    }
    return synchronize()
  }

  func synchronize() -> MimirError? {
    guard durable, syncError == nil else { return syncError }
    let result = file.synchronizeData()
    if result < 0 { syncError = .lastingSync(result, path) }
    return syncError
  }

  /// With `shared`, the other writers wait meanwhile.
  func exclusively(_ body: () -> WriteOutcome) -> WriteOutcome {
    shared ? FileLock.flushing(file, path: path, body) : body()
  }

  func exclusively(_ body: () throws(MimirError) -> Void) throws(MimirError) {
    let outcome = exclusively { () -> WriteOutcome in
      do throws(MimirError) {
        try body()
        return WriteOutcome(accepted: 0)
      } catch {
        return WriteOutcome(accepted: 0, error: error)
      }
    }
    if let error = outcome.error { throw error }
  }
}
