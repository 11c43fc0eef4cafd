import Glibc
import MimirBase
import MimirIO

/// Reads entries back from a spool's files, by their numbers. Used by one thread.
struct SpoolReader: ~Copyable {
  /// One of the files.
  struct Segment {
    let first: UInt64
    let path: String
    /// How many of its bytes are whole entries.
    var bytes: Int
    /// Number of its last entry.
    var last: UInt64
  }

  private static let blockSize = 64 << 10

  private var file: FileDescriptor?
  private var segment: UInt64 = 0
  private var offset = 0
  /// Of the entry that begins there.
  private var number: UInt64 = 0
  private var block = ByteBuffer()

  /// Appends entries from a number on, of one file. Returns how many; 0 when there are none, or they
  /// can't be read.
  mutating func read(
    from wanted: UInt64, of segments: [Segment], limit: ReadLimit, into out: inout ByteBuffer
  ) -> Int {
    guard let place = segments.last(where: { $0.first <= wanted }), wanted <= place.last else {
      return 0
    }
    do throws(MimirError) {
      if segment != place.first || number > wanted || file == nil { try open(place) }
      while number < wanted { guard try skip(to: wanted, place) else { return 0 } }
      let most = min(limit.entries, Int(clamping: place.last - wanted + 1))
      try load(place, atLeast: limit.bytes)
      var (position, count) = (0, 0)
      while count < most, position < block.count, count == 0 || position < limit.bytes {
        let line = lineEnd(from: position)
        guard line > 0, count == 0 || position + line <= limit.bytes else { break }
        position += line
        count += 1
      }
      out.append(UnsafeRawBufferPointer(rebasing: block.bytes[..<position]))
      offset += position
      number += UInt64(count)
      return count
    } catch {
      file = nil
      return 0
    }
  }

  private mutating func open(_ place: Segment) throws(MimirError) {
    file = try FileDescriptor(
      opening: place.path, flags: O_RDONLY | O_NOFOLLOW, system: RealSyscalls.shared)
    segment = place.first
    offset = 0
    number = place.first
  }

  private mutating func skip(to wanted: UInt64, _ place: Segment) throws(MimirError) -> Bool {
    try load(place, atLeast: Self.blockSize)
    var position = 0
    while number < wanted {
      let line = lineEnd(from: position)
      guard line > 0 else { break }
      position += line
      number += 1
    }
    offset += position
    return position > 0
  }

  /// How long the line is that begins there, its newline included; 0 when it does not end.
  private func lineEnd(from position: Int) -> Int {
    guard let base = block.bytes.baseAddress,
      let end = memchr(base + position, 10, block.count - position)
    else { return 0 }
    return UnsafeRawPointer(end) - (base + position) + 1
  }

  /// Brings what follows into the block: at least one whole line.
  private mutating func load(_ place: Segment, atLeast count: Int) throws(MimirError) {
    block.truncate(to: 0)
    block.shrink(to: 4 << 20)
    var wanted = count
    while true {
      let left = max(place.bytes - offset, 0)
      let more = min(wanted, left) - block.count
      guard more > 0 else { return }
      switch file {
      case .none: return
      case .some(let file):
        let start = offset + block.count
        let got = try file.read(into: block.reserve(more), count: more, at: start, path: place.path)
        block.commit(got)
        if got < more { return }
      }
      if lineEnd(from: 0) > 0 { return }
      wanted = min(wanted, 1 << 29) * 2
    }
  }
}
