import Glibc
package import MimirBase

/// Reads the lines of a plain log, also of one that is being written: takes no lock.
package struct PlainLogReader: ~Copyable {
  private static let blockSize = 1 << 16
  private static let longestLine = 1 << 30

  private let file: FileDescriptor
  private let path: String
  private let size: Int

  package init(path: String, system: any Syscalls = RealSyscalls.shared) throws(MimirError) {
    let file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK, system: system)
    let status = try file.status(of: path)
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw MimirError(.unsupported, "\(path) is not a file; only a file can be read as a log")
    }
    size = Int(status.st_size)
    self.path = path
    self.file = file
  }

  /// Calls `body` with each of the last `count` lines, oldest first, without their newlines; reads
  /// no more of the file than that. What follows the last newline counts as a line.
  package func lastLines(
    _ count: Int, _ body: (UnsafeRawBufferPointer) throws(MimirError) -> Void
  ) throws(MimirError) {
    guard count > 0 else { return }
    try lines(from: try start(ofLast: count), body)
  }

  /// Calls `body` with each line from the one that begins at `offset` on.
  package func lines(
    from offset: Int = 0, _ body: (UnsafeRawBufferPointer) throws(MimirError) -> Void
  ) throws(MimirError) {
    var block = ByteBuffer(capacity: Self.blockSize)
    var position = offset
    while position < size {
      let wanted = min(max(Self.blockSize, block.count), size - position)
      let got = try file.read(
        into: block.reserve(wanted), count: wanted, at: position, path: path)
      // The file was cut shorter meanwhile.
      guard got > 0 else { break }
      position += got
      let searched = block.count
      block.commit(got)
      block.removeFirst(try wholeLines(in: block.bytes, searchedTo: searched, body))
      guard block.count <= Self.longestLine else {
        throw MimirError(.corrupt, "\(path) has a line of more than 1 GiB; it is no log")
      }
    }
    if !block.isEmpty { try body(block.bytes) }
  }

  private func wholeLines(
    in bytes: UnsafeRawBufferPointer, searchedTo searched: Int,
    _ body: (UnsafeRawBufferPointer) throws(MimirError) -> Void
  ) throws(MimirError) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    var start = 0
    var search = searched
    while search < bytes.count,
      let newline = memchr(base + search, Int32(UInt8(ascii: "\n")), bytes.count - search)
    {
      let end = UnsafeRawPointer(newline) - base
      try body(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      start = end + 1
      search = start
    }
    return start
  }

  private func start(ofLast count: Int) throws(MimirError) -> Int {
    var block = ByteBuffer(capacity: Self.blockSize)
    var end = size
    var found = 0
    while end > 0 {
      let start = max(end - Self.blockSize, 0)
      block.truncate(to: 0)
      block.commit(
        try file.read(into: block.reserve(end - start), count: end - start, at: start, path: path))
      for index in block.bytes.indices.reversed() where block.bytes[index] == UInt8(ascii: "\n") {
        // The newline that ends the file begins no line.
        if start + index == size - 1 { continue }
        found += 1
        if found == count { return start + index + 1 }
      }
      end = start
    }
    return 0
  }
}
