import ArgumentParser
import Mimir
import MimirBase
import MimirJSON

/// How NaN and infinities are written, which JSON lacks.
enum NonfiniteChoice: String, ExpressibleByArgument, CaseIterable {
  case null, tagged, string, literal

  private var policy: NonfinitePolicy {
    switch self {
    case .null: .null
    case .tagged: .tagged
    case .string: .string
    case .literal: .literal
    }
  }

  /// The entry that a reader gave last, as it is to be written; valid until the next call.
  func text(
    of entry: UnsafeRawBufferPointer, from reader: LogReader, in buffer: inout ByteBuffer
  ) throws(MimirError) -> UnsafeRawBufferPointer {
    guard reader.nonfinite > 0, self != .literal else { return entry }
    buffer.truncate(to: 0)
    try Nonfinite.apply(entry, policy: policy, into: &buffer) { _ in }
    return buffer.bytes
  }
}
