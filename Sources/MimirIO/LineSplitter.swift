import Glibc
package import MimirBase

extension MimirError {
  package static func tooLong(_ path: String) -> MimirError {
    MimirError(.corrupt, "\(path) has a line of more than 1 GiB; it is no log")
  }
}

/// Cuts text that comes in blocks into lines.
package struct LineSplitter: ~Copyable {
  package static let longestLine = 1 << 30
  private static let kept = 1 << 20

  private let path: String
  private var block = ByteBuffer()
  private var position = 0
  /// The beginning of a line that lies in several blocks.
  private var carried = ByteBuffer()
  private var handedOut = false
  package private(set) var endsLine = true

  package init(path: String) { self.path = path }

  /// A line without its newline, valid until the next call.
  package mutating func next(
    from source: some TextSource
  ) throws(MimirError) -> UnsafeRawBufferPointer? {
    while true {
      if let line = try nextInBlock() { return line }
      block.truncate(to: 0)
      position = 0
      switch try source.read(into: &block) {
      case .text: continue
      case .gap: carried.truncate(to: 0)
      case .end:
        guard !carried.isEmpty else { return nil }
        endsLine = false
        handedOut = true
        return carried.bytes
      }
    }
  }

  /// The same without the source, as long as a whole line is there.
  package mutating func nextInBlock() throws(MimirError) -> UnsafeRawBufferPointer? {
    if handedOut {
      carried.truncate(to: 0)
      carried.shrink(to: Self.kept)
      handedOut = false
    }
    let rest = UnsafeRawBufferPointer(rebasing: block.bytes[position...])
    guard let start = rest.baseAddress, !rest.isEmpty else { return nil }
    let newline = memchr(start, Int32(UInt8(ascii: "\n")), rest.count)
    let count = newline.map { UnsafeRawPointer($0) - start } ?? rest.count
    let line = UnsafeRawBufferPointer(start: start, count: count)
    if newline == nil || !carried.isEmpty {
      guard carried.count + count <= Self.longestLine else { throw .tooLong(path) }
      carried.append(line)
    }
    position += count
    guard newline != nil else { return nil }
    position += 1
    endsLine = true
    guard carried.isEmpty else {
      handedOut = true
      return carried.bytes
    }
    return line
  }

  /// Goes past so many lines.
  package mutating func skip(_ lines: Int, from source: some TextSource) throws(MimirError) {
    var left = lines
    while left > 0, try next(from: source) != nil { left -= 1 }
  }

  /// Bytes of `text` up to the end of its first `lines` lines, or as many as end in it.
  package static func length(of lines: Int, in text: UnsafeRawBufferPointer) -> Int {
    var (left, position) = (lines, 0)
    guard let base = text.baseAddress else { return 0 }
    while left > 0,
      let newline = memchr(base + position, Int32(UInt8(ascii: "\n")), text.count - position)
    {
      left -= 1
      position = UnsafeRawPointer(newline) - base + 1
    }
    return position
  }

  /// How many lines end in `text`.
  package static func lines(in text: UnsafeRawBufferPointer) -> Int {
    var (count, position) = (0, 0)
    guard let base = text.baseAddress else { return 0 }
    while let newline = memchr(
      base + position, Int32(UInt8(ascii: "\n")), text.count - position)
    {
      count += 1
      position = UnsafeRawPointer(newline) - base + 1
    }
    return count
  }
}
