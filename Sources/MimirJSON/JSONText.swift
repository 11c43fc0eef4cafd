package import MimirBase

/// How much JSON text is taken.
package struct JSONLimits: Sendable {
  /// The largest compacted text.
  package var maxBytes: Int
  /// How many containers may lie within each other, at most 512; the outermost counts 1.
  package var maxDepth: Int

  package init(maxBytes: Int = 64 << 20, maxDepth: Int = 512) {
    self.maxBytes = maxBytes
    self.maxDepth = maxDepth
  }
}

/// Checks JSON text and removes the white space between its tokens, in one pass.
///
/// What is taken: RFC 8259 in valid UTF-8, and the bare tokens NaN, Infinity and -Infinity. Numbers,
/// escapes and duplicate keys stay as they were written. An escape of half a surrogate pair is
/// refused: no UTF-8 stands for it, and readers in other languages fail on it.
package enum JSONText {
  /// Appends one object, which is all that `text` holds, and returns how many bare NaN and infinity
  /// tokens it has. On error `out` is as before.
  ///
  /// - Throws: `.invalidJSON`, `.invalidUTF8` or `.tooDeep`, with the offset in `text`; `.tooLarge`.
  package static func compactObject(
    _ text: UnsafeRawBufferPointer, limits: JSONLimits, into out: inout ByteBuffer
  ) throws(MimirError) -> Int {
    try compact(text, objectOnly: true, limits: limits, depth: 0, into: &out)
  }

  /// The same for any value; `depth` containers lie around it.
  package static func compactValue(
    _ text: UnsafeRawBufferPointer, limits: JSONLimits, depth: Int, into out: inout ByteBuffer
  ) throws(MimirError) -> Int {
    try compact(text, objectOnly: false, limits: limits, depth: depth, into: &out)
  }

  @inline(__always)
  private static func compact(
    _ text: UnsafeRawBufferPointer, objectOnly: Bool, limits: JSONLimits, depth: Int,
    into out: inout ByteBuffer
  ) throws(MimirError) -> Int {
    do throws(JSONFault) {
      let start = text.baseAddress?.assumingMemoryBound(to: UInt8.self)
      guard let start, text.count > 0 else {
        throw JSONFault(objectOnly ? .object : .value, start)
      }
      let most = min(text.count, max(limits.maxBytes, 0))
      var compactor = JSONCompactor(
        start: start, count: text.count,
        target: out.reserve(most &+ JSONCompactor.slack), room: most,
        levels: max(0, min(limits.maxDepth, ContainerKinds.most) - max(depth, 0)))
      let written = try compactor.run(objectOnly: objectOnly)
      out.commit(written)
      return compactor.tokens
    } catch {
      throw error.described(in: text, limits)
    }
  }
}
