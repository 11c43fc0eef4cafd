import Glibc
package import MimirBase

/// Follows a plain log.
package final class PlainFollower: TextFollower {
  private static let piece = 512 << 10

  private let path: String
  private let text: PlainText
  /// Behind what was given.
  private var offset = 0
  private var mark = TextMark()
  /// When there was nothing more to give.
  private var seen: FileStamp?

  package init(
    _ file: consuming FileDescriptor, path: String
  ) {
    self.path = path
    text = PlainText(file, path: path)
  }

  package func seekToLast(_ count: Int) throws(MimirError) {
    _ = try text.seekToLast(count)
    offset = text.position
    let length = min(offset, TextMark.length)
    var before = ByteBuffer(capacity: length)
    before.commit(
      try text.file.read(
        into: before.reserve(length), count: length, at: offset - length, path: path))
    mark.move(behind: before.bytes)
  }

  package func read(into out: inout ByteBuffer) throws(MimirError) -> FollowStep {
    out.truncate(to: 0)
    let stamp = FileStamp(try text.file.status(of: path))
    guard stamp != seen else { return .nothing }
    guard stamp.size >= offset else { return .replaced }
    guard try isSame(&out) else { return .replaced }
    var wanted = Self.piece
    while true {
      let count = try text.file.read(
        into: out.reserve(wanted), count: wanted, at: offset + out.count, path: path)
      out.commit(count)
      if let newline = ByteSearch.last([UInt8(ascii: "\n")], in: out.bytes) {
        out.truncate(to: newline + 1)
        offset += out.count
        mark.move(behind: out.bytes)
        return .text
      }
      guard count == wanted else {
        seen = stamp
        return .nothing
      }
      // A longer line.
      guard out.count <= LineSplitter.longestLine else { throw .tooLong(path) }
      wanted = out.count
    }
  }

  private func isSame(_ out: inout ByteBuffer) throws(MimirError) -> Bool {
    let count = mark.count
    out.commit(
      try text.file.read(into: out.reserve(count), count: count, at: offset - count, path: path))
    defer { out.truncate(to: 0) }
    return out.count == count && mark.ends(out.bytes)
  }
}
