import Glibc
import MimirBase
import MimirIO

/// Follows the stored blocks of a tail, checking as it goes.
struct TailWalk {
  /// Where a walk stands: behind so many bytes of text.
  struct Place: Equatable {
    var offset: Int
    var length: UInt64
    var crc: UInt32
  }

  enum Outcome: Equatable {
    /// An end that fits was found at `place`.
    case complete
    /// Cut short, or with pages missing: what a crash leaves. Whole lines reach up to `wholeLines`.
    case torn
    /// All there, but the CRC or length does not fit: damage that no crash of a writer makes.
    case damaged
  }

  /// Behind the last block that was read.
  private(set) var place: Place
  /// The last place behind a whole line, with no missing page before it.
  private(set) var wholeLines: Place
  private var sawZero = false
  private var endsLine = true

  init(from place: Place) {
    self.place = place
    wholeLines = place
  }

  /// Reads blocks from `place.offset` to the file's `size`. `onText` gets each block's text.
  mutating func run(
    _ file: borrowing FileDescriptor, size: Int, path: String,
    onText: (UnsafeRawBufferPointer) throws(MimirError) -> Void = { _ in }
  ) throws(MimirError) -> Outcome {
    let windowSize = 1 << 20
    var window = ByteBuffer(capacity: min(windowSize, max(size - place.offset, 0)))
    while true {
      window.truncate(to: 0)
      let wanted = min(windowSize, size - place.offset)
      guard wanted > 0 else { return .torn }
      window.commit(
        try file.read(
          into: window.reserve(wanted), count: wanted, at: place.offset, path: path))
      let before = place.offset
      if let outcome = try consume(window.bytes, onText) { return outcome }
      // A block that does not fit the window, or the file, any more.
      if place.offset == before { return .torn }
    }
  }

  /// Takes the blocks that lie whole in `bytes`. Returns nil when more bytes are needed.
  mutating func consume(
    _ bytes: UnsafeRawBufferPointer,
    _ onText: (UnsafeRawBufferPointer) throws(MimirError) -> Void = { _ in }
  ) throws(MimirError) -> Outcome? {
    var position = 0
    while bytes.count - position >= TailLayout.blockHeader {
      let count = Int(LittleEndian.load(bytes, position + 1, UInt16.self))
      guard Int(LittleEndian.load(bytes, position + 3, UInt16.self)) == ~count & 0xFFFF else {
        return .torn
      }
      switch bytes[position] {
      case 0:
        let start = position + TailLayout.blockHeader
        guard start + count <= bytes.count else { return nil }
        let text = UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)])
        try onText(text)
        take(text)
        position = start + count
      case 1 where count == 0:
        guard bytes.count - position >= TailLayout.endSize else { return nil }
        let fits =
          LittleEndian.load(bytes, position + 5, UInt32.self) == place.crc
          && LittleEndian.load(bytes, position + 9, UInt32.self)
            == UInt32(truncatingIfNeeded: place.length)
        return fits ? .complete : (sawZero ? .torn : .damaged)
      default: return .torn
      }
    }
    return nil
  }

  private mutating func take(_ text: UnsafeRawBufferPointer) {
    place.offset += TailLayout.blockHeader + text.count
    guard let last = text.last else { return }
    place.crc = CRC32.update(place.crc, text)
    place.length &+= UInt64(text.count)
    // JSON text has no NUL; a page that never reached the disk has nothing else.
    if let base = text.baseAddress, memchr(base, 0, text.count) != nil { sawZero = true }
    if last == UInt8(ascii: "\n"), !sawZero { wholeLines = place }
  }
}
