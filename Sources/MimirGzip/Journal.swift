import Glibc
import MimirBase
import MimirIO

/// What a compaction is about to write, so that whoever opens the log next can finish it.
/// See docs/format.md.
struct Journal {
  static let headerSize = 68
  private static let magic: [UInt8] = Array("MIJ1".utf8)

  /// Of the header before the compaction.
  var generation: UInt64
  /// Where in the log the payload goes.
  var offset: Int
  /// The header after it.
  var header: GzipHeader

  /// Whether what it announces is still to be done to a log with this header. Not so from the moment
  /// the header was rewritten, nor for another log that has come into the place of the first.
  func isPending(for header: GzipHeader) -> Bool {
    generation == header.generation && offset == header.tailOffset
  }

  static func path(for log: String) -> String { log + ".journal" }

  /// Appends the journal's bytes in front of a payload.
  func append(payload: UnsafeRawBufferPointer, to out: inout ByteBuffer) {
    var body = ByteBuffer(capacity: Self.headerSize)
    LittleEndian.append(generation, to: &body)
    LittleEndian.append(UInt64(offset), to: &body)
    LittleEndian.append(UInt64(payload.count), to: &body)
    header.appendState(to: &body)
    let crc = CRC32.update(CRC32.update(0, body.bytes), payload)
    Self.magic.withUnsafeBytes { out.append($0) }
    LittleEndian.append(crc, to: &out)
    out.append(body.bytes)
    out.append(payload)
  }

  /// Reads a complete journal; nil when it is not complete.
  static func parse(
    _ bytes: UnsafeRawBufferPointer
  ) -> (journal: Journal, payload: UnsafeRawBufferPointer)? {
    guard bytes.count >= headerSize, bytes.prefix(4).elementsEqual(magic),
      LittleEndian.load(bytes, 4, UInt32.self)
        == CRC32.update(0, UnsafeRawBufferPointer(rebasing: bytes[8...])),
      LittleEndian.load(bytes, 24, UInt64.self) == UInt64(bytes.count - headerSize),
      let offset = Int(exactly: LittleEndian.load(bytes, 16, UInt64.self)),
      offset >= GzipHeader.size, offset < Int.max / 2,
      let header = GzipHeader(state: UnsafeRawBufferPointer(rebasing: bytes[32..<headerSize]))
    else { return nil }
    let journal = Journal(
      generation: LittleEndian.load(bytes, 8, UInt64.self), offset: offset, header: header)
    return (journal, UnsafeRawBufferPointer(rebasing: bytes[headerSize...]))
  }
}
