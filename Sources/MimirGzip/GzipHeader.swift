import MimirBase

/// The gzip header of a log, with what the extra subfield `MI` says of it. See docs/format.md.
struct GzipHeader: Equatable, Sendable {
  static let size = 52
  /// Where the part begins that is rewritten.
  static let stateOffset = 16
  static let stateSize = 36

  private static let fixed: [UInt8] = [
    0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 255,
    40, 0, UInt8(ascii: "M"), UInt8(ascii: "I"), 36, 0,
  ]
  private static let version: UInt8 = 1
  /// Bytes of text that one byte of deflate can stand for.
  private static let mostExpansion: UInt64 = 1032

  var compacting = false
  /// One more with each compaction.
  var generation: UInt64 = 0
  /// Where in the file the tail begins.
  var tailOffset = Self.size
  /// Bytes of text before the tail, and their CRC.
  var prefixLength: UInt64 = 0
  var prefixCRC: UInt32 = 0

  init() {}

  /// nil when the bytes are no header of a log, or one of a later version, or torn.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.size, bytes.prefix(Self.fixed.count).elementsEqual(Self.fixed) else {
      return nil
    }
    self.init(state: UnsafeRawBufferPointer(rebasing: bytes[Self.stateOffset..<Self.size]))
  }

  /// Reads the part that is rewritten.
  init?(state bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.stateSize, bytes[0] == Self.version,
      LittleEndian.load(bytes, 32, UInt32.self)
        == CRC32.update(0, UnsafeRawBufferPointer(rebasing: bytes[..<32])),
      let offset = Int(exactly: LittleEndian.load(bytes, 12, UInt64.self)), offset >= Self.size,
      // Far beyond any file, and short of overflows.
      offset < Int.max / 2,
      // The chunks can't hold more; so that adding to it does not overflow either.
      LittleEndian.load(bytes, 20, UInt64.self) / Self.mostExpansion <= UInt64(offset - Self.size),
      offset > Self.size || LittleEndian.load(bytes, 28, UInt32.self) == 0
    else { return nil }
    compacting = bytes[1] & 1 == 1
    generation = LittleEndian.load(bytes, 4, UInt64.self)
    tailOffset = offset
    prefixLength = LittleEndian.load(bytes, 20, UInt64.self)
    prefixCRC = LittleEndian.load(bytes, 28, UInt32.self)
  }

  /// Whether the bytes begin as a log's header does, whatever its state says.
  static func isMarked(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.prefix(fixed.count).elementsEqual(fixed)
  }

  func append(to out: inout ByteBuffer) {
    Self.fixed.withUnsafeBytes { out.append($0) }
    appendState(to: &out)
  }

  func appendState(to out: inout ByteBuffer) {
    let start = out.count
    out.append(Self.version)
    out.append(compacting ? 1 : 0)
    LittleEndian.append(UInt16(0), to: &out)
    LittleEndian.append(generation, to: &out)
    LittleEndian.append(UInt64(tailOffset), to: &out)
    LittleEndian.append(prefixLength, to: &out)
    LittleEndian.append(prefixCRC, to: &out)
    let state = UnsafeRawBufferPointer(rebasing: out.bytes[start...])
    LittleEndian.append(CRC32.update(0, state), to: &out)
  }
}
