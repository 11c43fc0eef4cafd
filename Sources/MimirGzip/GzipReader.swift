import Glibc
package import MimirBase
package import MimirIO

/// Reads the lines of a gzip file: of a Mímir log as docs/format.md has it, and of any other.
package final class GzipReader: LineReader {
  private enum Text {
    case log(LogText)
    case members(MemberText)
  }

  private let bytes: LogBytes
  private var text: Text
  private var lines: LineSplitter

  package init(path: String, system: any Syscalls = RealSyscalls.shared) throws(MimirError) {
    let file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK, system: system)
    try file.requireLog(path)
    bytes = LogBytes(file, path: path, system: system)
    lines = LineSplitter(path: path)
    text = .members(try MemberText(bytes))
    try rewind()
  }

  /// Whether a file begins as gzip files do.
  package static func isGzip(_ path: String, system: any Syscalls) throws(MimirError) -> Bool {
    let file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK, system: system)
    try file.requireLog(path)
    var start = ByteBuffer(capacity: 2)
    start.commit(try file.read(into: start.reserve(2), count: 2, at: 0, path: path))
    return GzipText.isGzip(start.bytes)
  }

  /// The same of a file's first bytes.
  package static func isGzip(_ start: UnsafeRawBufferPointer) -> Bool { GzipText.isGzip(start) }

  package var endsLine: Bool { lines.endsLine }

  package var position: Int {
    switch text {
    case .log(let text): text.position
    case .members(let text): text.offset
    }
  }

  package var report: ReadReport {
    switch text {
    case .log(let text): text.report
    case .members(let text): text.report
    }
  }

  package func next() throws(MimirError) -> UnsafeRawBufferPointer? {
    if let line = try lines.nextInBlock() { return line }
    switch text {
    case .log(let text): return try lines.next(from: text)
    case .members(let text): return try lines.next(from: text)
    }
  }

  @discardableResult
  package func seekToLast(_ count: Int) throws(MimirError) -> LastLines {
    try rewind()
    guard count < .max else { return LastLines(count: .max, rest: []) }
    switch text {
    case .log:
      let start = try LogSearch.start(ofLast: max(count, 0), in: bytes)
      let text = try LogText(bytes, start)
      self.text = .log(text)
      try lines.skip(start.lines, from: text)
      return start.last
    case .members(let text):
      // Only from the front can it be read: once to count, and once again.
      var found = 0
      var rest: [UInt8] = []
      while let line = try lines.next(from: text) {
        if lines.endsLine { found += 1 } else { rest = Array(line) }
      }
      try rewind()
      if case .members(let text) = self.text {
        try lines.skip(found - max(count, 0), from: text)
      }
      return LastLines(count: min(found, max(count, 0)), rest: rest)
    }
  }

  /// Back to the beginning.
  private func rewind() throws(MimirError) {
    lines = LineSplitter(path: bytes.path)
    bytes.dropJournal()
    if let header = try logHeader() {
      text = .log(try LogText(bytes, header))
    } else {
      text = .members(try MemberText(bytes))
    }
  }

  /// nil when it is not Mímir's file.
  private func logHeader() throws(MimirError) -> GzipHeader? {
    var start = ByteBuffer()
    for attempt in 0..<20 {
      if let header = try bytes.header() { return header }
      start.truncate(to: 0)
      try bytes.read(GzipHeader.size, at: 0, into: &start)
      let unfinished = start.isEmpty || GzipHeader.isMarked(start.bytes)
      guard unfinished, FileLock.isOwned(bytes.file) else { break }
      // Its writer is about to make it, or to change it.
      if attempt > 3 { usleep(1000) }
    }
    guard start.isEmpty || GzipText.isGzip(start.bytes) else {
      throw MimirError(.corrupt, "\(bytes.path) is not a gzip file")
    }
    return nil
  }
}
