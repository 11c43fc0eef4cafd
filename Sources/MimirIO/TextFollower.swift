package import Glibc
package import MimirBase

/// Follows the text of one log file that is being written. Takes no lock.
///
/// One thread at a time.
package protocol TextFollower: AnyObject {
  /// Puts text that has not been given before into `out`, in place of what is there. Nothing is read
  /// when the file has not changed. A line that is not whole yet is not given: who opens the log for
  /// writing may cut it off.
  func read(into out: inout ByteBuffer) throws(MimirError) -> FollowStep
  /// To be called first, if at all: the text then begins before the last `count` lines that are there.
  /// Costs in proportion to `count`, where the file's kind lets it.
  func seekToLast(_ count: Int) throws(MimirError)
}

package enum FollowStep {
  /// It may be empty: there is more to look at.
  case text
  /// None has come.
  case nothing
  /// The file's content is not the one that was read before: it was emptied.
  case replaced
}

/// Equal while nobody writes to a file.
package struct FileStamp: Equatable, Sendable {
  package let size: Int
  private let seconds: Int
  private let nanoseconds: Int

  package init(_ status: stat) {
    size = Int(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }
}

/// The last bytes of what was given: they tell whether a file was emptied and filled again.
package struct TextMark {
  package static let length = 64
  private var bytes: [UInt8] = []

  package init() {}

  package var count: Int { bytes.count }

  /// Whether text that ends where the mark was made is the same, as far as both reach.
  package func ends(_ text: UnsafeRawBufferPointer) -> Bool {
    let count = min(text.count, bytes.count)
    return text.suffix(count).elementsEqual(bytes.suffix(count))
  }

  package mutating func move(behind text: UnsafeRawBufferPointer) {
    bytes = (bytes + text.suffix(Self.length)).suffix(Self.length)
  }
}
