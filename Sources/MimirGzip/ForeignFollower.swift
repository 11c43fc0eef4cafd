import Glibc
package import MimirBase
package import MimirIO

/// Follows a gzip file of another origin. It can be read from its beginning only, and that is done
/// again whenever it has changed; the CRC of what was given tells whether it is the same text still.
package final class ForeignFollower: TextFollower {
  /// Damage may be a write that is under way: no lock tells. Milliseconds that it must stay.
  private static let patience = 300

  private struct Extent: Equatable {
    var length: UInt64 = 0
    var crc: UInt32 = 0

    mutating func add(_ text: UnsafeRawBufferPointer) {
      length += UInt64(text.count)
      crc = CRC32.update(crc, text)
    }
  }

  private let bytes: LogBytes
  /// The whole lines that were given.
  private var given = Extent()
  /// While there is more to read.
  private var text: MemberText?
  /// How much of `given` has been read anew.
  private var passed = Extent()
  /// The beginning of a line that lies in several blocks.
  private var rest = ByteBuffer()
  private var damage: (error: MimirError, since: Int)?
  /// When the file was read last.
  private var seen: FileStamp?

  package init(_ file: consuming FileDescriptor, path: String, system: any Syscalls) {
    bytes = LogBytes(file, path: path, system: system)
  }

  package func seekToLast(_ count: Int) throws(MimirError) {
    var block = ByteBuffer()
    var lines = 0
    let counted = try MemberText(bytes)
    while try counted.read(into: &block) == .text { lines += LineSplitter.lines(in: block.bytes) }
    var left = lines - max(count, 0)
    guard left > 0 else { return }
    var before = Extent()
    let text = try MemberText(bytes)
    while try text.read(into: &block) == .text {
      let found = LineSplitter.lines(in: block.bytes)
      guard found < left else {
        let length = LineSplitter.length(of: left, in: block.bytes)
        before.add(UnsafeRawBufferPointer(rebasing: block.bytes[..<length]))
        given = before
        return
      }
      left -= found
      before.add(block.bytes)
    }
  }

  package func read(into out: inout ByteBuffer) throws(MimirError) -> FollowStep {
    out.truncate(to: 0)
    if text == nil {
      let stamp = FileStamp(try bytes.file.status(of: bytes.path))
      guard stamp != seen else {
        if let damage, Clock.milliseconds() - damage.since >= Self.patience { throw damage.error }
        return .nothing
      }
      text = try MemberText(bytes)
      (seen, damage, passed) = (stamp, nil, Extent())
      rest.truncate(to: 0)
    }
    guard let text else { return .nothing }
    guard try text.read(into: &out) == .text else {
      self.text = nil
      return end(text.report)
    }
    guard passNext(of: &out) else { return .replaced }
    if passed == given { try takeLines(of: &out) }
    return .text
  }

  private func end(_ report: ReadReport) -> FollowStep {
    guard !report.damaged else {
      let message = report.message ?? "\(bytes.path) is damaged"
      damage = (MimirError(.corrupt, message), Clock.milliseconds())
      return .nothing
    }
    return passed == given ? .nothing : .replaced
  }

  /// Leaves what has not been given. False when what was given is not there any more.
  private func passNext(of out: inout ByteBuffer) -> Bool {
    guard passed.length < given.length else { return true }
    let count = Int(min(given.length - passed.length, UInt64(out.count)))
    passed.add(UnsafeRawBufferPointer(rebasing: out.bytes[..<count]))
    out.removeFirst(count)
    return passed.length < given.length || passed.crc == given.crc
  }

  /// Leaves whole lines.
  private func takeLines(of out: inout ByteBuffer) throws(MimirError) {
    let length = (ByteSearch.last([UInt8(ascii: "\n")], in: out.bytes) ?? -1) + 1
    let end = UnsafeRawBufferPointer(rebasing: out.bytes[length...])
    guard length > 0 else {
      guard rest.count + end.count <= LineSplitter.longestLine else { throw .tooLong(bytes.path) }
      rest.append(end)
      return out.truncate(to: 0)
    }
    let next = Array(end)
    out.truncate(to: length)
    if !rest.isEmpty {
      rest.append(out.bytes)
      swap(&out, &rest)
      rest.truncate(to: 0)
    }
    next.withUnsafeBytes { rest.append($0) }
    given.add(out.bytes)
    passed = given
  }
}
