import Glibc
package import MimirBase
package import MimirIO

/// Copies logs, also ones that are being written: the copy is a complete log of its own, and holds
/// every entry that was acknowledged when the copy began.
package enum GzipCopy {
  private static let window = 1 << 20

  /// `isEntry` tells of a plain log's last line without newline whether it is whole.
  package static func copy(
    from source: String, to target: String, overwrite: Bool,
    system: any Syscalls = RealSyscalls.shared,
    isEntry: (UnsafeRawBufferPointer) -> Bool
  ) throws(MimirError) {
    let file = try FileDescriptor(opening: source, flags: O_RDONLY | O_NONBLOCK, system: system)
    let status = try file.status(of: source)
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw MimirError(.unsupported, "\(source) is not a file; only a file can be copied as a log")
    }
    try checkTarget(target, isNot: FileIdentity(status), overwrite: overwrite, system: system)
    var copy = try ReplacementFile(at: temporaryPath(for: target), like: status, system: system)
    var start = ByteBuffer(capacity: GzipHeader.size)
    start.commit(
      try file.read(
        into: start.reserve(GzipHeader.size), count: GzipHeader.size, at: 0, path: source))
    if GzipHeader.isMarked(start.bytes) {
      let generation = try NewLog.generation(beside: target, system: system)
      try copyLog(LogBytes(file, path: source, system: system), to: copy, generation)
    } else if start.isEmpty, source.hasSuffix(".gz") {
      try writeEmptyLog(to: copy)
    } else if GzipText.isGzip(start.bytes) {
      // Another program's: as it lies.
      _ = try copyBytes(of: file, path: source, size: Int(status.st_size), to: copy)
    } else {
      try copyLines(of: file, path: source, size: Int(status.st_size), to: copy, isEntry)
    }
    if overwrite {
      try copy.take(place: target)
    } else {
      try copy.take(freePlace: target)
    }
    _ = Journal.path(for: target).withCString { system.unlink($0) }
  }

  /// Several copies may go to one place at a time; the last one stays.
  private static func temporaryPath(for target: String) -> String {
    "\(target).copying-\(getpid())-\(pthread_self())"
  }

  /// Whether a file may be put at `target`.
  package static func checkTarget(
    _ target: String, isNot source: FileIdentity, overwrite: Bool, system: any Syscalls
  ) throws(MimirError) {
    if target.utf8.contains(0) {
      throw MimirError(.invalidArgument, "the path contains a NUL byte; paths can't")
    }
    guard access(target, F_OK) == 0 else { return }
    if FileIdentity(path: target) == source {
      throw MimirError(.invalidArgument, "\(target) is the log itself; copy it to another name")
    }
    guard overwrite else { throw ReplacementFile.exists(target) }
    let file = try FileDescriptor(opening: target, flags: O_RDWR | O_NONBLOCK, system: system)
    guard try file.status(of: target).st_mode & S_IFMT == S_IFREG else {
      throw MimirError(.unsupported, "\(target) is not a file; only a file can be overwritten")
    }
    // Taking the name away from a log that is being written would lose what comes next.
    try FileLock.own(file, shared: false, path: target)
  }

  /// `generation`: of the copy, one that makes a journal stale which lies beside the target.
  private static func copyLog(
    _ source: LogBytes, to copy: borrowing ReplacementFile, _ generation: UInt64
  ) throws(MimirError) {
    let tail = try source.readTail()
    if tail.report.damaged {
      let damage = tail.report.message ?? "\(source.path) is damaged"
      throw MimirError(.corrupt, damage + "; save what can be read with `mimir repair`")
    }
    var header = tail.header
    var bytes = ByteBuffer(capacity: window)
    // Chunks stay as they are, also when a compaction puts another one behind them.
    var offset = GzipHeader.size
    while offset < header.tailOffset {
      bytes.truncate(to: 0)
      try source.read(min(window, header.tailOffset - offset), at: offset, into: &bytes)
      guard !bytes.isEmpty else {
        throw MimirError(
          .corrupt, "\(source.path) is damaged: it is cut short, or was emptied meanwhile")
      }
      try copy.write(bytes.bytes, at: offset)
      offset += bytes.count
    }
    bytes.truncate(to: 0)
    _ = TailLayout.append(
      tail.text.bytes, at: offset, crc: CRC32.update(header.prefixCRC, tail.text.bytes),
      length: header.prefixLength &+ UInt64(tail.text.count), to: &bytes)
    try copy.write(bytes.bytes, at: offset)
    header.compacting = false
    header.generation = generation
    bytes.truncate(to: 0)
    header.append(to: &bytes)
    try copy.write(bytes.bytes, at: 0)
  }

  private static func writeEmptyLog(to copy: borrowing ReplacementFile) throws(MimirError) {
    var bytes = ByteBuffer()
    GzipHeader().append(to: &bytes)
    TailLayout.appendEnd(at: GzipHeader.size, crc: 0, length: 0, to: &bytes)
    try copy.write(bytes.bytes, at: 0)
  }

  /// Returns where the last line begins.
  private static func copyBytes(
    of file: borrowing FileDescriptor, path: String, size: Int, to copy: borrowing ReplacementFile
  ) throws(MimirError) -> (lastLine: Int, size: Int) {
    var bytes = ByteBuffer(capacity: min(window, size))
    var (offset, lastLine) = (0, 0)
    while offset < size {
      bytes.truncate(to: 0)
      let count = min(window, size - offset)
      bytes.commit(try file.read(into: bytes.reserve(count), count: count, at: offset, path: path))
      if bytes.isEmpty { break }
      try copy.write(bytes.bytes, at: offset)
      if let newline = bytes.bytes.lastIndex(of: UInt8(ascii: "\n")) {
        lastLine = offset + newline + 1
      }
      offset += bytes.count
    }
    return (lastLine, offset)
  }

  private static func copyLines(
    of file: borrowing FileDescriptor, path: String, size: Int, to copy: borrowing ReplacementFile,
    _ isEntry: (UnsafeRawBufferPointer) -> Bool
  ) throws(MimirError) {
    let (start, end) = try copyBytes(of: file, path: path, size: size, to: copy)
    let count = end - start
    guard count > 0 else { return }
    if count <= 1 << 30 {
      var line = ByteBuffer(capacity: count)
      line.commit(try file.read(into: line.reserve(count), count: count, at: start, path: path))
      if isEntry(line.bytes) {
        let newline: StaticString = "\n"
        return try copy.write(
          UnsafeRawBufferPointer(start: newline.utf8Start, count: 1), at: end)
      }
    }
    // An append that is under way, or was torn.
    try copy.truncate(to: start)
  }
}
