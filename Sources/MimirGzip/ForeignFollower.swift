import Glibc
package import MimirBase
package import MimirIO

/// Follows a gzip file of another origin. It can be read from its beginning only, and that is done
/// again whenever it has changed.
package final class ForeignFollower: TextFollower {
  private static let piece = 512 << 10

  private let path: String
  private let file: FileDescriptor
  private let system: any Syscalls
  private var given = 0
  /// While there is more to give.
  private var reader: GzipReader?
  private var seen: FileStamp?

  package init(_ file: consuming FileDescriptor, path: String, system: any Syscalls) {
    self.file = file
    self.path = path
    self.system = system
  }

  package func seekToLast(_ count: Int) throws(MimirError) -> Int {
    let reader = try GzipReader(path: path, system: system)
    var found = 0
    while try reader.next() != nil { found += reader.endsLine ? 1 : 0 }
    return max(found - count, 0)
  }

  package func read(into out: inout ByteBuffer) throws(MimirError) -> FollowStep {
    out.truncate(to: 0)
    let stamp = FileStamp(try file.status(of: path))
    if reader == nil {
      guard stamp != seen else { return .nothing }
      let reader = try GzipReader(path: path, system: system)
      for _ in 0..<given {
        guard try reader.next() != nil, reader.endsLine else { return .replaced }
      }
      seen = stamp
      self.reader = reader
    }
    while let reader, out.count < Self.piece {
      guard let line = try reader.next(), reader.endsLine else {
        self.reader = nil
        break
      }
      out.append(line)
      out.append(UInt8(ascii: "\n"))
      given += 1
    }
    return out.isEmpty ? .nothing : .text
  }
}
