import MimirBase

/// How text lies in the tail: stored blocks, padding, and the end that makes the file complete.
enum TailLayout {
  /// A kill tears a write only at these borders.
  static let page = 4096
  static let blockHeader = 5
  static let largestBlock = 65_535
  static let endSize = 13

  /// Appends what goes to `offset` in the file (where the old end lies): the text in blocks, padding,
  /// and an end for the given CRC and length of the whole text. Returns the new end's offset.
  static func append(
    _ text: UnsafeRawBufferPointer, at offset: Int, crc: UInt32, length: UInt64,
    to out: inout ByteBuffer
  ) -> Int {
    let start = out.count
    let blocks = (text.count + largestBlock - 1) / largestBlock
    _ = out.reserve(text.count + blocks * blockHeader + 3 * blockHeader + endSize)
    var done = 0
    while done < text.count {
      let count = min(text.count - done, largestBlock)
      appendBlockHeader(count, to: &out)
      out.append(UnsafeRawBufferPointer(rebasing: text[done..<(done + count)]))
      done += count
    }
    appendEnd(at: offset + out.count - start, crc: crc, length: length, to: &out)
    return offset + (out.count - start) - endSize
  }

  /// Appends padding as needed at `offset`, and an end.
  static func appendEnd(at offset: Int, crc: UInt32, length: UInt64, to out: inout ByteBuffer) {
    var offset = offset
    while offset % page > page - endSize {
      appendBlockHeader(0, to: &out)
      offset += blockHeader
    }
    out.append(1)
    LittleEndian.append(UInt16(0), to: &out)
    LittleEndian.append(UInt16.max, to: &out)
    LittleEndian.append(crc, to: &out)
    LittleEndian.append(UInt32(truncatingIfNeeded: length), to: &out)
  }

  private static func appendBlockHeader(_ count: Int, to out: inout ByteBuffer) {
    let length = UInt16(truncatingIfNeeded: count)
    out.append(0)
    LittleEndian.append(length, to: &out)
    LittleEndian.append(~length, to: &out)
  }
}
