package import MimirBase

/// Writes one entry, a JSON object, member by member. A setter that throws changes nothing.
package struct ObjectWriter: ~Copyable {
  /// The largest entry: 1 GiB.
  package static let maxBytes = 1 << 30
  /// How many containers may lie within each other, the entry itself included.
  package static let maxDepth = 512

  // The text so far, without the brace that opens the innermost object if that is still empty:
  // `separator` is what the next member begins with, `{` or `,`.
  var buffer = ByteBuffer()
  var separator = UInt8(ascii: "{")
  let limit: Int
  /// How many nested objects are open; 0: none but the entry itself.
  package private(set) var depth = 0
  /// How many bare NaN, Infinity and -Infinity there are in the text.
  package internal(set) var nonfinite = 0

  /// - Parameter limit: the largest entry in bytes.
  package init(limit: Int = maxBytes) { self.limit = limit }

  /// Empties it and keeps its memory.
  package mutating func clear() {
    buffer.truncate(to: 0)
    separator = UInt8(ascii: "{")
    depth = 0
    nonfinite = 0
  }

  /// The whole text and a newline, until the next change; more members can follow.
  package mutating func line() throws(MimirError) -> UnsafeRawBufferPointer {
    guard depth == 0 else {
      throw MimirError(
        .invalidState,
        "the entry has \(depth) nested object\(depth == 1 ? "" : "s") open; end each one first")
    }
    // Past the end, so that the text stays open.
    let end = buffer.reserve(3)
    var length = 0
    if isInnermostEmpty {
      end[0] = UInt8(ascii: "{")
      length = 1
    }
    end[length] = UInt8(ascii: "}")
    end[length + 1] = UInt8(ascii: "\n")
    return UnsafeRawBufferPointer(start: end - buffer.count, count: buffer.count + length + 2)
  }

  package mutating func beginObject(_ key: UnsafeRawBufferPointer) throws(MimirError) {
    try checkDepth(adding: 1)
    let start = buffer.count
    _ = try beginMember(key, room: 0)
    depth += 1
    do {
      try endMember(from: start, next: UInt8(ascii: "{"))
    } catch {
      depth -= 1
      throw error
    }
  }

  package mutating func endObject() throws(MimirError) {
    guard depth > 0 else {
      throw MimirError(
        .invalidState, "no nested object is open; end as many objects as were begun")
    }
    if isInnermostEmpty { buffer.append(UInt8(ascii: "{")) }
    buffer.append(UInt8(ascii: "}"))
    separator = UInt8(ascii: ",")
    depth -= 1
  }

  private var isInnermostEmpty: Bool { separator == UInt8(ascii: "{") }
}
