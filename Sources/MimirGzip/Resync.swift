import MimirBase

/// Finds places in a damaged gzip file from which it can be inflated. Most that look like one are;
/// one that is not gives no whole entry.
enum Resync {
  private static let window = 1 << 20
  private static let longestPattern = 6

  /// The first place at or behind `offset`. `tail`: where the header says that the tail begins.
  static func next(
    in image: borrowing FileImage, from offset: Int, tail: Int?
  ) throws(MimirError) -> Int? {
    var bytes = ByteBuffer()
    var start = offset
    while start < image.size {
      try image.read(into: &bytes, count: window, at: start)
      let last = start + bytes.count >= image.size
      let end = last ? bytes.count : bytes.count - longestPattern
      guard end > 0 else { return nil }
      for index in 0..<end {
        if start + index == tail { return tail }
        if let place = try place(in: bytes.bytes, at: index) { return start + place }
        if isMember(bytes.bytes, at: index),
          let blocks = try memberStart(in: image, at: start + index)
        {
          return blocks
        }
      }
      start += end
    }
    return nil
  }

  private static func place(
    in bytes: UnsafeRawBufferPointer, at index: Int
  ) throws(MimirError) -> Int? {
    guard bytes[index] == 0, bytes.count - index >= 4 else { return nil }
    // The end of a flush.
    if bytes[index + 1] == 0, bytes[index + 2] == 0xFF, bytes[index + 3] == 0xFF {
      return index + 4
    }
    // A stored block with an entry.
    guard bytes.count - index >= longestPattern, bytes[index + 5] == UInt8(ascii: "{"),
      bytes[index + 1] == ~bytes[index + 3], bytes[index + 2] == ~bytes[index + 4]
    else { return nil }
    return index
  }

  private static func isMember(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Bool {
    bytes[index] == 0x1F && bytes.count - index >= 4 && bytes[index + 1] == 0x8B
      && bytes[index + 2] == 8 && bytes[index + 3] & 0xE0 == 0
  }

  /// Where the blocks of the member begin whose header is at `offset`; nil when there is none.
  static func memberStart(
    in image: borrowing FileImage, at offset: Int
  ) throws(MimirError) -> Int? {
    var bytes = ByteBuffer()
    try image.read(into: &bytes, count: 128 << 10, at: offset)
    let header = bytes.bytes
    guard header.count >= 10, isMember(header, at: 0) else { return nil }
    let flags = header[3]
    var position = 10
    if flags & 4 != 0 {
      guard header.count >= position + 2 else { return nil }
      position += 2 + Int(LittleEndian.load(header, position, UInt16.self))
    }
    // The name and the comment end with a NUL each.
    for flag in [UInt8(8), 16] where flags & flag != 0 {
      guard position < header.count, let end = header[position...].firstIndex(of: 0) else {
        return nil
      }
      position = end + 1
    }
    if flags & 2 != 0 { position += 2 }
    return position <= header.count ? offset + position : nil
  }
}
