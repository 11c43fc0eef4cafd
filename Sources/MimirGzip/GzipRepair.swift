import Glibc
package import MimirBase
package import MimirIO

/// What a repair has done.
package struct RepairReport: Sendable {
  /// Nothing was wrong, and nothing was changed.
  package var healthy = false
  /// Entries that the log holds now.
  package var entries = 0
  /// How many of them come from a stretch that does not inflate to its end: some may look right and
  /// be wrong.
  package var uncertain = 0
  /// Lines, or pieces of them, that are no whole entry.
  package var leftOutLines = 0
  /// Their bytes, and those of the file of which nothing could be read.
  package var leftOutBytes = 0
  /// Where the damaged file is now.
  package var original: String?
}

/// Saves what can be read of a damaged log, plain or gzip, of ours or of others. The damaged file is
/// kept under another name.
package enum GzipRepair {
  package static func repair(
    path: String, system: any Syscalls = RealSyscalls.shared,
    isEntry: @escaping (UnsafeRawBufferPointer) -> Bool
  ) throws(MimirError) -> RepairReport {
    let path = GzipConversion.resolved(path)
    let file = try FileDescriptor(opening: path, flags: O_RDWR | O_NONBLOCK, system: system)
    let status = try file.status(of: path)
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw MimirError(.unsupported, "\(path) is not a file; only a file can be repaired")
    }
    try FileLock.own(file, shared: false, path: path)
    var start = ByteBuffer(capacity: 2)
    start.commit(try file.read(into: start.reserve(2), count: 2, at: 0, path: path))
    if start.isEmpty { return RepairReport(healthy: true) }

    let gzip = GzipText.isGzip(start.bytes) || path.hasSuffix(".gz")
    var collector = EntryCollector(keeps: false, isEntry: isEntry)
    let healthy =
      gzip
      ? try isHealthyGzip(file, path: path, &collector)
      : try isHealthyPlain(file, path: path, &collector)
    if healthy { return RepairReport(healthy: true, entries: collector.entries) }

    var target = try ReplacementFile(at: path + ".repairing", like: status, system: system)
    collector = EntryCollector(keeps: true, isEntry: isEntry)
    if gzip {
      // A second descriptor: the first one holds the lock.
      let image = try FileImage(
        FileDescriptor(opening: path, flags: O_RDONLY, system: system), path: path, system: system)
      let generation = try NewLog.generation(beside: path, system: system)
      var log = try NewLog(
        target, generation: max(generation, (image.header?.generation ?? 0) &+ 1))
      try salvageGzip(image, into: &log, &collector)
      try log.finish()
      target = log.takeTarget()
    } else {
      try salvagePlain(file, path: path, into: target, &collector)
    }
    guard collector.entries > 0 else {
      throw MimirError(
        .corrupt, "no entry of \(path) can be read any more; nothing was changed")
    }
    let kept = try Displaced.keep(path, putting: &target, system: system)
    return RepairReport(
      entries: collector.entries, uncertain: collector.uncertain,
      leftOutLines: collector.leftOutLines, leftOutBytes: collector.leftOutBytes, original: kept)
  }

  /// Whether a gzip file is whole by every reader's rules, those of other programs too. One that is
  /// being written may seem not to be.
  package static func isSound(
    _ path: String, system: any Syscalls = RealSyscalls.shared
  ) throws(MimirError) -> Bool {
    let file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK, system: system)
    var collector = EntryCollector(keeps: false) { _ in true }
    return try isHealthyGzip(file, path: path, &collector)
  }

  /// Whether the gzip file is whole, and, when it is a log of ours, its header says the same.
  private static func isHealthyGzip(
    _ file: borrowing FileDescriptor, path: String, _ collector: inout EntryCollector
  ) throws(MimirError) -> Bool {
    let outcome = try GzipText.read(file, path: path) { collector.add($0) }
    collector.endLine()
    guard outcome == .whole else { return false }
    var start = ByteBuffer()
    start.commit(
      try file.read(
        into: start.reserve(GzipHeader.size), count: GzipHeader.size, at: 0, path: path))
    guard GzipHeader.isMarked(start.bytes) else { return true }
    guard let header = GzipHeader(start.bytes), !header.compacting else { return false }
    let size = Int(try file.status(of: path).st_size)
    var walk = TailWalk(
      from: TailWalk.Place(
        offset: header.tailOffset, length: header.prefixLength, crc: header.prefixCRC))
    return try walk.run(file, size: size, path: path) == .complete
      && walk.place.offset + TailLayout.endSize == size
  }

  private static func isHealthyPlain(
    _ file: borrowing FileDescriptor, path: String, _ collector: inout EntryCollector
  ) throws(MimirError) -> Bool {
    try readPlain(file, path: path, &collector) { _ in }
    let ended = !collector.isInLine
    collector.endLine()
    return ended && collector.isClean
  }

  private static func readPlain(
    _ file: borrowing FileDescriptor, path: String, _ collector: inout EntryCollector,
    _ onKept: (UnsafeRawBufferPointer) throws(MimirError) -> Void
  ) throws(MimirError) {
    let window = 1 << 20
    var bytes = ByteBuffer(capacity: window)
    var offset = 0
    repeat {
      bytes.truncate(to: 0)
      bytes.commit(
        try file.read(into: bytes.reserve(window), count: window, at: offset, path: path))
      offset += bytes.count
      collector.add(bytes.bytes)
      try onKept(collector.kept.bytes)
      collector.clearKept()
    } while !bytes.isEmpty
  }

  private static func salvagePlain(
    _ file: borrowing FileDescriptor, path: String, into target: borrowing ReplacementFile,
    _ collector: inout EntryCollector
  ) throws(MimirError) {
    var offset = 0
    try readPlain(file, path: path, &collector) { kept throws(MimirError) in
      try target.write(kept, at: offset)
      offset += kept.count
    }
    collector.endLine()
    try target.write(collector.kept.bytes, at: offset)
    try target.synchronize()
  }

  private static func salvageGzip(
    _ image: consuming FileImage, into log: inout NewLog, _ collector: inout EntryCollector
  ) throws(MimirError) {
    var salvage = try GzipSalvage(image)
    try salvage.run { part throws(MimirError) in
      switch part {
      case .text(let text, let sound): collector.add(text, sound: sound)
      case .fresh: collector.startFresh()
      case .gapBegins:
        collector.endLine()
        collector.startFresh()
      case .gap(let raw):
        collector.leaveOut(bytes: raw.count)
        collector.add(raw, counting: false)
      case .gapEnds: collector.endLine(counting: false)
      }
      try log.append(collector.kept.bytes)
      collector.clearKept()
    }
    collector.finish(fits: salvage.fits)
    try log.append(collector.kept.bytes)
  }
}
