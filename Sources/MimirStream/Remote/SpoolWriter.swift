import Glibc
import MimirBase
import MimirIO

/// Appends a client's entries to its spool's files.
struct SpoolWriter: ~Copyable {
  private static let largestFile = 4 << 20

  let folder: SpoolFolder
  private let mostBytes: Int
  private var file: FileDescriptor?
  private(set) var segments: [SpoolReader.Segment] = []
  /// Of all files.
  private(set) var bytes = 0

  init(_ folder: SpoolFolder, mostBytes: Int) {
    self.folder = folder
    self.mostBytes = mostBytes
  }

  /// For one that another client has left: it is only sent.
  init(adopted folder: SpoolFolder) throws(MimirError) {
    self.init(folder, mostBytes: 0)
    let found = folder.segments()
    for (index, segment) in found.enumerated() {
      let (lines, size) = try Self.measure(segment.path)
      let end = segment.first &+ lines
      // What is missing before the next one is lost; more can't be.
      let last = index + 1 < found.count ? min(end, found[index + 1].first) &- 1 : end &- 1
      bytes += size
      segments.append(
        SpoolReader.Segment(first: segment.first, path: segment.path, bytes: size, last: last))
    }
    segments.removeAll { $0.last < $0.first }
  }

  /// Whole lines, and their bytes.
  private static func measure(_ path: String) throws(MimirError) -> (UInt64, Int) {
    let file = try FileDescriptor(
      opening: path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK, system: RealSyscalls.shared)
    try file.requireLog(path)
    var (lines, size, position) = (0, 0, 0)
    var block = ByteBuffer()
    while true {
      block.truncate(to: 0)
      block.commit(
        try file.read(into: block.reserve(1 << 18), count: 1 << 18, at: position, path: path))
      if block.isEmpty { return (UInt64(lines), size) }
      lines += LineSplitter.lines(in: block.bytes)
      if let last = block.bytes.lastIndex(of: UInt8(ascii: "\n")) { size = position + last + 1 }
      position += block.count
    }
  }

  /// One `pwrite`, as for a log: an entry is in the file when this returns. Returns 0, or an error number.
  mutating func append(_ number: UInt64, _ line: UnsafeRawBufferPointer) -> Int {
    guard bytes + line.count <= mostBytes || bytes == 0 else {
      // So that its last file, too, is taken away when it is not needed any more.
      file = nil
      return Int(ENOSPC)
    }
    let current = segments.count - 1
    if file == nil || current < 0 || segments[current].bytes >= Self.largestFile
      || segments[current].last + 1 != number
    {
      let error = begin(number)
      if error != 0 { return error }
      return append(number, line)
    }
    let error: Int
    switch file {
    case .none: return Int(EBADF)
    case .some(let file):
      error = file.write(line, at: segments[current].bytes)
      // A part of a line must not lie behind the next one that is shorter.
      if error != 0, file.truncate(to: segments[current].bytes) < 0 {
        segments[current].last = number - 1
      }
    }
    if error != 0 {
      file = nil
      return error
    }
    segments[current].bytes += line.count
    segments[current].last = number
    bytes += line.count
    return 0
  }

  private mutating func begin(_ number: UInt64) -> Int {
    let path = folder.segmentPath(number)
    do throws(MimirError) {
      let flags = O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW
      file = try FileDescriptor(
        opening: path, flags: flags, mode: 0o600, system: RealSyscalls.shared)
      // One that stayed without entries has the same name.
      segments.removeAll { $0.first == number }
      segments.append(SpoolReader.Segment(first: number, path: path, bytes: 0, last: number - 1))
      return 0
    } catch {
      file = nil
      return Int(error.code == .noSpace ? ENOSPC : EIO)
    }
  }

  /// Lets go of the files of which nothing is needed any more, but not of the one being written. Returns
  /// their paths, to be unlinked without the lock: that takes long.
  mutating func remove(upTo number: UInt64) -> [String] {
    var paths: [String] = []
    while let oldest = segments.first, oldest.last <= number, segments.count > 1 || file == nil {
      segments.removeFirst()
      bytes -= oldest.bytes
      paths.append(oldest.path)
    }
    return paths
  }
}
