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
  @inline(__always)
  static func appendEnd(at offset: Int, crc: UInt32, length: UInt64, to out: inout ByteBuffer) {
    var offset = offset
    while offset % page > page - endSize {
      appendBlockHeader(0, to: &out)
      offset += blockHeader
    }
    // An append spends its time here: one reservation, and whole words.
    let end = UnsafeMutableRawPointer(out.reserve(endSize))
    end.storeBytes(of: UInt32(0xFF00_0001).littleEndian, as: UInt32.self)
    end.storeBytes(of: 0xFF, toByteOffset: 4, as: UInt8.self)
    end.storeBytes(of: crc.littleEndian, toByteOffset: 5, as: UInt32.self)
    end.storeBytes(
      of: UInt32(truncatingIfNeeded: length).littleEndian, toByteOffset: 9, as: UInt32.self)
    out.commit(endSize)
  }

  @inline(__always)
  private static func appendBlockHeader(_ count: Int, to out: inout ByteBuffer) {
    let length = UInt16(truncatingIfNeeded: count)
    let header = UnsafeMutableRawPointer(out.reserve(blockHeader))
    header.storeBytes(of: 0, as: UInt8.self)
    header.storeBytes(of: length.littleEndian, toByteOffset: 1, as: UInt16.self)
    header.storeBytes(of: (~length).littleEndian, toByteOffset: 3, as: UInt16.self)
    out.commit(blockHeader)
  }
}
