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

  /// JSON text and a newline. What is in its strings can't steer a terminal: the controls that JSON
  /// allows there are escaped.
  func json(_ text: UnsafeRawBufferPointer) throws(MimirError) {
    gather(text)
    try endLine()
  }

  func json(_ text: String) throws(MimirError) {
    gather(Array(text.utf8))
    try endLine()
  }

  private func gather(_ json: some Sequence<UInt8>) {
    guard Terminal.isOutput else { return buffer.append(contentsOf: json) }
    var before: UInt8 = 0
    for byte in json {
      // U+0080 to U+009F have two bytes.
      let isSecond = before == 0xc2 && byte < 0xa0
      if isSecond { buffer.removeLast() }
      if isSecond || byte == 0x7f {
        buffer.append(contentsOf: Text.escaped(Unicode.Scalar(byte)).utf8)
      } else {
        buffer.append(byte)
      }
      before = byte
    }
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
  /// Behind the command's name. Names, and what other machines say, can't steer the terminal.
  static func print(_ message: String) {
    let lines = "mimir: \(message)".split(separator: "\n", omittingEmptySubsequences: false)
    write(lines.map { Text.printable(String($0)) }.joined(separator: "\n") + "\n")
  }

  /// A status that is drawn anew: not on a terminal that takes nothing now.
  static func draw(_ text: String) {
    if Terminal.takes(STDERR_FILENO, within: 0) { write("\r\(text)\u{1b}[K") }
  }

  /// There is nowhere to report a failure to.
  private static func write(_ text: String) {
    let text = Array(text.utf8)
    _ = text.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
