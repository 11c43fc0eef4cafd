import ArgumentParser
import MimirBase
import MimirIO
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

  /// An entry as it is to be written; valid until the next call.
  func text(
    of entry: UnsafeRawBufferPointer, hasNonfinite: Bool, in buffer: inout ByteBuffer
  ) throws(MimirError) -> UnsafeRawBufferPointer {
    guard hasNonfinite, self != .literal else { return entry }
    buffer.truncate(to: 0)
    try Nonfinite.apply(entry, policy: policy, into: &buffer) { _ in }
    return buffer.bytes
  }

  private static let tokens = ["NaN", "Infinity"].map { Array($0.utf8) }

  /// For entries of which it is not known.
  static func mayOccur(in entry: UnsafeRawBufferPointer) -> Bool {
    tokens.contains { ByteSearch.contains($0, in: entry) }
  }
}
