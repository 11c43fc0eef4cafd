import MimirBase

extension ObjectWriter {
  /// Appends separator, key and colon; the result points to room for the value's `room` bytes.
  @inline(__always)
  mutating func beginMember(
    _ key: UnsafeRawBufferPointer, room: Int
  ) throws(MimirError) -> UnsafeMutablePointer<UInt8> {
    let count = key.count
    guard count <= limit else { throw tooLarge() }
    let out = buffer.reserve(count &+ 4 &+ room)
    out[0] = separator
    out[1] = UInt8(ascii: "\"")
    if let source = key.baseAddress, PlainText.copy(source, count: count, to: out + 2) == count {
      out[count &+ 2] = UInt8(ascii: "\"")
      out[count &+ 3] = UInt8(ascii: ":")
      buffer.commit(count &+ 4)
      return out + (count &+ 4)
    }
    return try beginMemberEscaping(key, room: room)
  }

  @inline(never)
  private mutating func beginMemberEscaping(
    _ key: UnsafeRawBufferPointer, room: Int
  ) throws(MimirError) -> UnsafeMutablePointer<UInt8> {
    let start = buffer.count
    buffer.append(separator)
    if let offset = StringText.appendQuoted(key, to: &buffer, limit: limit) {
      buffer.truncate(to: start)
      throw StringText.invalidUTF8("key", at: offset)
    }
    buffer.append(UInt8(ascii: ":"))
    return buffer.reserve(room)
  }

  /// Takes the member that was appended from `start` on into the text, if the entry with the braces
  /// that are still to come is not too large.
  @inline(__always)
  mutating func endMember(from start: Int, next: UInt8 = UInt8(ascii: ",")) throws(MimirError) {
    let braces = depth &+ (next == UInt8(ascii: "{") ? 2 : 1)
    if buffer.count > limit &- braces {
      buffer.truncate(to: start)
      throw tooLarge()
    }
    separator = next
  }

  @inline(never)
  func tooLarge() -> MimirError {
    MimirError(
      .tooLarge, "the entry would pass \(limit) bytes; log less at once, or log several entries")
  }

  /// Checks that so many containers may lie in the innermost object.
  func checkDepth(adding levels: Int) throws(MimirError) {
    if depth + 1 + levels > ObjectWriter.maxDepth {
      throw MimirError(
        .tooDeep,
        "the entry would be more than \(ObjectWriter.maxDepth) levels deep; make it flatter")
    }
  }
}
