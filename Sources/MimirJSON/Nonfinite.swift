package import MimirBase

/// How NaN and infinities, which JSON lacks, are written.
public enum NonfinitePolicy: UInt32, Sendable {
  /// `null`, which every reader takes.
  case null = 0
  /// `null`, and a last key `"__nonfinite__": {"/loss": "NaN"}` of RFC 6901 pointers, which Mímir's
  /// readers undo. It follows an entry's own key of that name, and only the last one is undone.
  case tagged = 1
  /// The strings `"NaN"`, `"Infinity"` and `"-Infinity"`.
  case string = 2
  /// The bare tokens, which are not JSON.
  case literal = 3
  /// None: such an entry is refused.
  case error = 4
}

/// A NaN or infinity in an entry.
package struct NonfiniteFinding: Hashable {
  /// Where it stands: an RFC 6901 pointer, such as `/loss` or `/a/0/b~1c`.
  package var pointer: String
  /// `NaN`, `Infinity` or `-Infinity`.
  package var value: String
}

/// Treats the bare NaN and infinity tokens of checked, compact JSON objects.
package enum Nonfinite {
  /// The key that the tagged policy adds.
  static let tagKey: StaticString = "__nonfinite__"
  static var tagKeyBytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: tagKey.utf8Start, count: tagKey.utf8CodeUnitCount)
  }

  enum Token: String {
    case nan = "NaN"
    case infinity = "Infinity"
    case negativeInfinity = "-Infinity"

    var text: StaticString {
      switch self {
      case .nan: "NaN"
      case .infinity: "Infinity"
      case .negativeInfinity: "-Infinity"
      }
    }

    init?(_ text: UnsafeRawBufferPointer, _ value: Range<Int>) {
      switch text[value.lowerBound] {
      case UInt8(ascii: "N"): self = .nan
      case UInt8(ascii: "I"): self = .infinity
      case UInt8(ascii: "-"):
        guard value.count > 1, text[value.lowerBound + 1] == UInt8(ascii: "I") else { return nil }
        self = .negativeInfinity
      default: return nil
      }
    }
  }

  /// Appends an object as the policy wants it, and tells of each NaN and infinity. On error `out` is
  /// as before.
  ///
  /// - Throws: `.nonfinite` with policy `error`, naming the first.
  package static func apply(
    _ text: UnsafeRawBufferPointer, policy: NonfinitePolicy, into out: inout ByteBuffer,
    onFinding: (NonfiniteFinding) -> Void
  ) throws(MimirError) {
    let before = out.count
    var tag = NonfiniteTag()
    var copied = 0
    var walker = JSONWalker(text)
    while let value = walker.next() {
      guard let token = Token(text, value) else { continue }
      let pointer = walker.pointer()
      let finding = NonfiniteFinding(
        pointer: String(decoding: pointer, as: UTF8.self), value: token.rawValue)
      out.append(UnsafeRawBufferPointer(rebasing: text[copied..<value.lowerBound]))
      copied = value.upperBound
      switch policy {
      case .null: out.append("null")
      case .tagged:
        out.append("null")
        tag.add(pointer, token, at: value.lowerBound)
      case .string:
        out.append(UInt8(ascii: "\""))
        out.append(token.text)
        out.append(UInt8(ascii: "\""))
      case .literal: out.append(token.text)
      case .error:
        out.truncate(to: before)
        throw MimirError(
          .nonfinite,
          "\(finding.pointer) is \(finding.value), which JSON cannot hold; leave it out, or choose "
            + "another policy for non-finite values")
      }
      onFinding(finding)
    }
    out.append(UnsafeRawBufferPointer(rebasing: text[copied...]))
    guard !tag.isEmpty else { return }
    do {
      try tag.append(for: text, to: &out)
    } catch {
      out.truncate(to: before)
      throw error
    }
  }
}
