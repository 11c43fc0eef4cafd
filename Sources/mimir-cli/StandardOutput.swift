import Glibc
import MimirBase

/// Standard output: gathered and written in large pieces, to a terminal line by line.
///
/// Not `print`: a failed write must be an error. A reader that has gone away ends the command by
/// SIGPIPE, as with other commands.
final class StandardOutput {
  nonisolated(unsafe) static let shared = StandardOutput()
  private static let size = 64 << 10

  private var buffer: [UInt8] = []
  /// Nothing more can be printed.
  private(set) var hasFailed = false

  func line(_ text: some StringProtocol) throws(MimirError) {
    buffer.append(contentsOf: text.utf8)
    try endLine()
  }

  /// The bytes and a newline.
  func line(_ text: UnsafeRawBufferPointer) throws(MimirError) {
    buffer.append(contentsOf: text)
    try endLine()
  }

  func write(_ text: String) throws(MimirError) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.size { try flush() }
  }

  func flush() throws(MimirError) {
    var written = 0
    defer { buffer.removeAll(keepingCapacity: true) }
    while written < buffer.count {
      let count = buffer.withUnsafeBytes { bytes in
        Glibc.write(STDOUT_FILENO, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      }
      if count >= 0 {
        written += count
      } else if errno != EINTR {
        hasFailed = true
        let reason = String(cString: strerror(errno))
        throw MimirError(.io, "writing to standard output failed: \(reason)")
      }
    }
  }

  private func endLine() throws(MimirError) {
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count >= Self.size || Terminal.isOutput { try flush() }
  }
}

enum StandardError {
  static func print(_ line: String) { write(line + "\n") }

  /// There is nowhere to report a failure to.
  static func write(_ text: String) {
    let text = Array(text.utf8)
    _ = text.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
