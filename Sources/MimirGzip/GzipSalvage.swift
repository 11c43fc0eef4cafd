import MimirBase

/// Reads all that can be read of a damaged gzip file: inflates as far as it goes, and starts again
/// where the file shows a place to: behind a flush, at a stored block, at another member's header.
struct GzipSalvage: ~Copyable {
  enum Part {
    /// `sound`: it inflated to the end. In what did not, everything behind the first line that makes
    /// no sense may be wrong, also what looks right.
    case text(UnsafeRawBufferPointer, sound: Bool)
    /// What comes now does not depend on what came before.
    case fresh
    /// The text goes on elsewhere; what lies between comes raw. A stored block whose header is
    /// damaged shows its lines there.
    case gapBegins
    case gap(UnsafeRawBufferPointer)
    case gapEnds
  }

  typealias OnPart = (Part) throws(MimirError) -> Void

  private static let window = 1 << 20
  private static let mostHeld = 8 << 20

  private let image: FileImage
  private var inflater: Inflater
  private var input = ByteBuffer()
  /// Text that is not known to be sound yet.
  private var held = ByteBuffer()
  /// Of the text from the beginning on, as long as nothing is missing.
  private var crc: UInt32 = 0
  private var length: UInt64 = 0
  private var gapless = true
  /// Whether all that has a CRC of its own fits it, as far as that can be told.
  private(set) var fits = true

  init(_ image: consuming FileImage) throws(MimirError) {
    self.image = image
    inflater = try Inflater(.raw)
  }

  mutating func run(_ onPart: OnPart) throws(MimirError) {
    let tail = image.header?.tailOffset
    var next = try firstBlock()
    if next == nil {
      next = try Resync.next(in: image, from: 0, tail: tail)
      try skip(from: 0, to: next ?? image.size, onPart)
    }
    while let start = next {
      let stop = try inflate(from: start, onPart)
      guard stop < image.size else { break }
      gapless = false
      next = try Resync.next(in: image, from: stop + 1, tail: tail)
      // What is left may be a stored block whose header is damaged: its text lies behind that.
      try skip(from: stop + TailLayout.blockHeader, to: next ?? image.size, onPart)
    }
  }

  /// nil when nothing says where the header ends.
  private func firstBlock() throws(MimirError) -> Int? {
    var start = ByteBuffer()
    try image.read(into: &start, count: GzipHeader.size, at: 0)
    if image.header != nil || GzipHeader.isMarked(start.bytes) { return GzipHeader.size }
    return try Resync.memberStart(in: image, at: 0)
  }

  /// Returns the offset behind what could be read: the file's size when all could.
  private mutating func inflate(
    from start: Int, _ onPart: OnPart
  ) throws(MimirError) -> Int {
    inflater.reset()
    var (border, offset, position) = (start, start, 0)
    input.truncate(to: 0)
    while true {
      if position == input.count {
        offset += position
        position = 0
        try image.read(into: &input, count: Self.window, at: offset)
        if input.isEmpty {
          try release(sound: false, onPart)
          return image.size
        }
      }
      let before = held.count
      let step = inflater.run(
        input.bytes, &position, into: &held, limit: before + Self.window, stopAtBorders: true)
      let new = UnsafeRawBufferPointer(rebasing: held.bytes[before...])
      crc = CRC32.update(crc, new)
      length &+= UInt64(new.count)
      if held.count > Self.mostHeld { try release(sound: false, onPart) }
      switch step {
      case .border:
        let place = offset + position
        checkChunks(endingAt: place)
        if try isFresh(from: border, to: place, window: offset) {
          try release(sound: true, onPart)
          try onPart(.fresh)
        }
        border = place
      case .end:
        try release(sound: true, onPart)
        guard let next = try memberBehind(offset + position) else { return offset + position }
        if next >= image.size { return image.size }
        try onPart(.fresh)
        (border, offset, position) = (next, next, 0)
        input.truncate(to: 0)
        inflater.reset()
      case .full: break
      case .hungry where position == input.count: break
      case .hungry, .corrupt:
        try release(sound: false, onPart)
        return border
      }
    }
  }

  /// The header has the CRC of all that lies before the tail.
  private mutating func checkChunks(endingAt place: Int) {
    guard gapless, let header = image.header, header.tailOffset == place else { return }
    if crc != header.prefixCRC || length != header.prefixLength { fits = false }
  }

  private mutating func release(sound: Bool, _ onPart: OnPart) throws(MimirError) {
    if !held.isEmpty { try onPart(.text(held.bytes, sound: sound)) }
    held.truncate(to: 0)
  }

  /// Whether a flush or a stored block ends at a border; others only happen to lie on one.
  /// `window`: where in the file `input` begins.
  private func isFresh(
    from border: Int, to place: Int, window: Int
  ) throws(MimirError) -> Bool {
    var bytes = ByteBuffer()
    try read(into: &bytes, count: TailLayout.blockHeader, at: border, window: window)
    if bytes.count == TailLayout.blockHeader, bytes.bytes[0] & 6 == 0,
      border + TailLayout.blockHeader + Int(LittleEndian.load(bytes.bytes, 1, UInt16.self)) == place
    {
      return true
    }
    try read(into: &bytes, count: 4, at: place - 4, window: window)
    return bytes.bytes.elementsEqual([0, 0, 0xFF, 0xFF])
  }

  private func read(
    into bytes: inout ByteBuffer, count: Int, at offset: Int, window: Int
  ) throws(MimirError) {
    let start = offset - window
    guard start >= 0, start + count <= input.count else {
      return try image.read(into: &bytes, count: count, at: offset)
    }
    bytes.truncate(to: 0)
    bytes.append(UnsafeRawBufferPointer(rebasing: input.bytes[start..<(start + count)]))
  }

  /// Where it goes on behind the end of a member at `end`: at the next member's blocks, or not at
  /// all (the file's size); nil when what follows is neither.
  private mutating func memberBehind(_ end: Int) throws(MimirError) -> Int? {
    var trailer = ByteBuffer()
    try image.read(into: &trailer, count: 8, at: end)
    guard trailer.count == 8 else { return image.size }
    let isRight =
      gapless && LittleEndian.load(trailer.bytes, 0, UInt32.self) == crc
      && LittleEndian.load(trailer.bytes, 4, UInt32.self) == UInt32(truncatingIfNeeded: length)
    // Behind the end of a log of ours lies nothing that was acknowledged.
    if isRight, image.header != nil { return image.size }
    if !isRight { fits = false }
    (crc, length) = (0, 0)
    if end + 8 == image.size { return image.size }
    return try Resync.memberStart(in: image, at: end + 8)
  }

  private mutating func skip(from: Int, to: Int, _ onPart: OnPart) throws(MimirError) {
    try onPart(.gapBegins)
    var offset = from
    while offset < to {
      try image.read(into: &input, count: min(Self.window, to - offset), at: offset)
      if input.isEmpty { break }
      offset += input.count
      try onPart(.gap(input.bytes))
    }
    try onPart(.gapEnds)
  }
}
