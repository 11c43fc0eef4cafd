import Glibc
package import MimirBase

/// Reads the lines of a plain log.
package final class PlainLogReader: LineReader {
  package static let blockSize = 1 << 18

  private let path: String
  private let text: PlainText
  private var lines: LineSplitter

  package init(path: String, system: any Syscalls = RealSyscalls.shared) throws(MimirError) {
    let file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK, system: system)
    try file.requireLog(path)
    self.path = path
    text = PlainText(file, path: path)
    lines = LineSplitter(path: path)
  }

  package var endsLine: Bool { lines.endsLine }
  package var position: Int { text.position }
  package var report: ReadReport { ReadReport() }

  package func next() throws(MimirError) -> UnsafeRawBufferPointer? { try lines.next(from: text) }

  @discardableResult
  package func seekToLast(_ count: Int) throws(MimirError) -> LastLines {
    lines = LineSplitter(path: path)
    return try text.seekToLast(count)
  }
}

/// A plain file's text, up to where its writer is.
final class PlainText: TextSource {
  let file: FileDescriptor
  private let path: String
  private static let patience = 20
  private var endsLine = true
  var position = 0

  init(_ file: consuming FileDescriptor, path: String) {
    self.file = file
    self.path = path
  }

  func read(into out: inout ByteBuffer) throws(MimirError) -> TextStep {
    let size = PlainLogReader.blockSize
    out.truncate(to: 0)
    for _ in 0..<Self.patience {
      out.commit(try file.read(into: out.reserve(size), count: size, at: position, path: path))
      guard out.isEmpty else { break }
      // The half of a line that a live writer has got to is not the end.
      guard !endsLine, FileLock.isOwned(file) else { return .end }
      usleep(500)
    }
    position += out.count
    if let last = out.bytes.last { endsLine = last == UInt8(ascii: "\n") }
    return out.isEmpty ? .end : .text
  }

  func seekToLast(_ count: Int) throws(MimirError) -> LastLines {
    position = 0
    endsLine = true
    guard count < .max else { return LastLines(count: .max, rest: []) }
    let size = Int(try file.status(of: path).st_size)
    var search = BackwardSearch(from: size)
    let last = try search.next(file, path)
    let rest = try rest(from: last.map { $0 + 1 } ?? 0, to: size)
    guard var border = last else { return LastLines(count: 0, rest: rest) }
    var found = 0
    while found < count {
      found += 1
      // The first line of all begins behind no newline.
      guard let newline = try search.next(file, path) else {
        return LastLines(count: found, rest: rest)
      }
      border = newline
    }
    position = border + 1
    return LastLines(count: found, rest: rest)
  }

  private func rest(from start: Int, to end: Int) throws(MimirError) -> [UInt8] {
    guard end - start <= LineSplitter.longestLine else { throw .tooLong(path) }
    var block = ByteBuffer(capacity: end - start)
    block.commit(
      try file.read(into: block.reserve(end - start), count: end - start, at: start, path: path))
    return Array(block.bytes)
  }
}

/// Finds newlines from a file's end on.
private struct BackwardSearch: ~Copyable {
  /// The last one that was found; at first the file's end.
  private var end: Int
  private var block = ByteBuffer()
  /// Of the block.
  private var start: Int

  init(from end: Int) {
    self.end = end
    start = end
  }

  mutating func next(
    _ file: borrowing FileDescriptor, _ path: String
  ) throws(MimirError) -> Int? {
    while true {
      let known = UnsafeRawBufferPointer(rebasing: block.bytes[..<min(end - start, block.count)])
      if let newline = known.lastIndex(of: UInt8(ascii: "\n")) {
        end = start + newline
        return end
      }
      end = start
      guard end > 0 else { return nil }
      start = max(end - PlainLogReader.blockSize, 0)
      block.truncate(to: 0)
      block.commit(
        try file.read(into: block.reserve(end - start), count: end - start, at: start, path: path))
    }
  }
}

extension FileDescriptor {
  package func requireLog(_ path: String) throws(MimirError) {
    guard try status(of: path).st_mode & S_IFMT == S_IFREG else {
      throw MimirError(.unsupported, "\(path) is not a file; only a file can be read as a log")
    }
  }
}
