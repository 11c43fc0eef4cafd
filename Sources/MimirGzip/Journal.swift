import Glibc
import MimirBase

/// What a compaction is about to do, so that whoever opens the log next can finish it.
/// See docs/format.md.
struct Journal {
  static let headerSize = 80
  static let magic: [UInt8] = Array("MIJ1".utf8)

  /// Of the header before the compaction.
  var generation: UInt64
  /// Where in the log the new chunks go.
  var offset: Int
  /// Of the new chunks, which follow the journal's header.
  var length: Int
  /// Where in the log the rest of the tail lies that moves behind the new chunks.
  var restOffset: Int
  /// The header after it.
  var header: GzipHeader
  /// Of the new chunks.
  var crc: UInt32 = 0

  /// How much of the rest can move without running over itself, with room for an end and padding: a
  /// move that is repeated from its beginning must find its source as it was.
  var room: Int { restOffset - offset - length - 64 }

  /// Whether what it announces is still to be done to a log with this header. Not so from the moment
  /// the header was rewritten, nor for another log that has come into the place of the first.
  func isPending(for header: GzipHeader) -> Bool {
    generation == header.generation && offset == header.tailOffset
  }

  static func path(for log: String) -> String { log + ".journal" }

  func append(to out: inout ByteBuffer) {
    var body = ByteBuffer(capacity: Self.headerSize)
    LittleEndian.append(generation, to: &body)
    LittleEndian.append(UInt64(offset), to: &body)
    LittleEndian.append(UInt64(length), to: &body)
    LittleEndian.append(UInt64(restOffset), to: &body)
    header.appendState(to: &body)
    LittleEndian.append(crc, to: &body)
    Self.magic.withUnsafeBytes { out.append($0) }
    LittleEndian.append(CRC32.update(0, body.bytes), to: &out)
    out.append(body.bytes)
  }

  /// nil when the bytes are no journal's header.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.headerSize, bytes.prefix(4).elementsEqual(Self.magic),
      LittleEndian.load(bytes, 4, UInt32.self)
        == CRC32.update(0, UnsafeRawBufferPointer(rebasing: bytes[8...])),
      let offset = Int(exactly: LittleEndian.load(bytes, 16, UInt64.self)),
      let length = Int(exactly: LittleEndian.load(bytes, 24, UInt64.self)),
      let restOffset = Int(exactly: LittleEndian.load(bytes, 32, UInt64.self)),
      // Far beyond any file, and short of overflows.
      max(offset, length, restOffset) < Int.max / 4,
      offset >= GzipHeader.size, restOffset >= offset,
      let header = GzipHeader(state: UnsafeRawBufferPointer(rebasing: bytes[40..<76])),
      header.tailOffset == offset + length, !header.compacting
    else { return nil }
    let generation = LittleEndian.load(bytes, 8, UInt64.self)
    // Else it would still be pending when it is done.
    guard header.generation != generation else { return nil }
    self.init(
      generation: generation, offset: offset, length: length, restOffset: restOffset,
      header: header, crc: LittleEndian.load(bytes, 76, UInt32.self))
  }

  init(
    generation: UInt64, offset: Int, length: Int, restOffset: Int, header: GzipHeader,
    crc: UInt32 = 0
  ) {
    self.generation = generation
    self.offset = offset
    self.length = length
    self.restOffset = restOffset
    self.header = header
    self.crc = crc
  }
}
