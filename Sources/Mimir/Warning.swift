import Glibc
public import MimirBase

/// Something worth knowing that stops nothing.
public struct Warning: Sendable, Hashable, CustomStringConvertible {
  /// The error it is about; nil when no call failed (a NaN written as null, a torn line cut off).
  public let code: MimirError.Code?
  public let message: String

  public var description: String { message }
}

extension Logger.Warnings {
  func deliver(_ warning: Warning) {
    switch self {
    case .off: break
    case .callback(let callback): callback(warning)
    case .standardError:
      let line = Array("mimir: warning: \(warning.message)\n".utf8)
      // Unbuffered, in one piece; there is nowhere to report a failure to.
      _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
  }
}
