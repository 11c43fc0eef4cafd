package import MimirBase

/// Where a log's text ended when it was opened: `skip` bytes of text behind what begins at `position`
/// in the file.
package struct LogPlace: Sendable {
  package let position: Int
  package let skip: Int

  package init(position: Int, skip: Int) {
    self.position = position
    self.skip = skip
  }
}

/// A log that is being written, read in blocks of whole lines which do not change any more, so that
/// their places can be kept.
package protocol LogBlocks: AnyObject {
  /// Reads the block at `position`. Returns where the next one begins; nil when there is no whole
  /// block yet.
  func block(at position: Int, into out: inout ByteBuffer) throws(MimirError) -> Int?
  /// Reads the lines that are no whole block yet. False when `position` is not where they begin.
  func rest(at position: Int, into out: inout ByteBuffer) throws(MimirError) -> Bool
}

/// Of a plain log.
package final class PlainBlocks: LogBlocks {
  private static let size = 1 << 20
  private let file: FileDescriptor
  private let path: String

  package init(_ path: String, system: any Syscalls) throws(MimirError) {
    self.path = path
    file = try FileDescriptor(opening: path, flags: 0, system: system)
  }

  package func block(at position: Int, into out: inout ByteBuffer) throws(MimirError) -> Int? {
    out.truncate(to: 0)
    var wanted = Self.size
    while true {
      out.commit(
        try file.read(
          into: out.reserve(wanted), count: wanted, at: position + out.count, path: path))
      guard out.count >= Self.size, out.count % Self.size == 0 else { return nil }
      if let newline = out.bytes.lastIndex(of: UInt8(ascii: "\n")) {
        out.truncate(to: newline + 1)
        return position + newline + 1
      }
      // A line that is longer than a block.
      wanted = out.count
    }
  }

  package func rest(at position: Int, into out: inout ByteBuffer) throws(MimirError) -> Bool {
    guard try block(at: position, into: &out) == nil else { return false }
    let newline = out.bytes.lastIndex(of: UInt8(ascii: "\n"))
    out.truncate(to: newline.map { $0 + 1 } ?? 0)
    return true
  }
}
