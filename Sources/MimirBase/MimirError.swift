/// What went wrong, where, and what to do about it.
///
/// Every failure in Mímir is one of these, in every language: `code` is the C ABI's status
/// (`mimir_status`), `message` the text that `mimir_last_error()` gives.
public struct MimirError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure. The raw values are part of the C ABI: a number is never reused.
  public enum Code: Int32, Sendable, CaseIterable {
    case invalidArgument = -1
    case invalidJSON = -2
    case invalidUTF8 = -3
    case nonfinite = -4
    case tooLarge = -5
    case tooDeep = -6
    case invalidState = -7
    case closed = -8
    case forked = -9
    case outOfRange = -10
    case outOfMemory = -11
    case io = -12
    case noSpace = -13
    case notFound = -14
    case exists = -15
    case permission = -16
    case locked = -17
    case busy = -18
    case dropped = -19
    case unsupported = -20
    case corrupt = -21
    case addressInUse = -22
    case network = -23
    case timedOut = -24
  }

  /// One pointer, so that `MimirError?`, which every append returns, costs nothing when it is nil.
  private final class Storage: Sendable {
    let code: Code
    let message: String
    let offset: Int?

    init(_ code: Code, _ message: String, _ offset: Int?) {
      self.code = code
      self.message = message
      self.offset = offset
    }
  }

  private let storage: Storage

  public init(_ code: Code, _ message: String, offset: Int? = nil) {
    storage = Storage(code, message, offset)
  }

  public var code: Code { storage.code }
  public var message: String { storage.message }
  /// Offset in bytes of the fault in the text that was handed in, where there is one.
  public var offset: Int? { storage.offset }

  public var description: String { message }

  public static func == (left: MimirError, right: MimirError) -> Bool {
    left.code == right.code && left.message == right.message && left.offset == right.offset
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(code)
    hasher.combine(message)
    hasher.combine(offset)
  }
}
