import Glibc
import Mimir
import MimirBase
import MimirGzip

/// A log that was named on the command line; `-` stands for standard input.
final class LogSource {
  /// For messages.
  let name: String
  /// What to open, as often as needed.
  let path: String
  let isStandardInput: Bool
  private var copy: Int32?

  init(_ argument: String) throws(MimirError) {
    if argument.hasPrefix("tcp://") || argument.hasPrefix("ipc://") {
      throw MimirError(
        .unsupported, "\(argument) is a live stream, and no file; follow it with `mimir tail`")
    }
    isStandardInput = argument == "-"
    guard isStandardInput else {
      try Self.requireFile(argument)
      name = argument
      path = argument
      return
    }
    name = "standard input"
    var status = stat()
    if fstat(STDIN_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
      path = "/proc/self/fd/\(STDIN_FILENO)"
    } else {
      let file = try Self.copyOfInput()
      copy = file
      path = "/proc/self/fd/\(file)"
    }
  }

  deinit {
    if let copy { close(copy) }
  }

  func state() throws(MimirError) -> LogState { try LogState(of: path) }

  /// A message of Mímir's about the file, with the name that the user knows.
  func named(_ message: String) -> String {
    isStandardInput ? message.replacing(path, with: name) : message
  }

  /// Says of a file that is not there only what a reader of it can do.
  static func requireFile(_ path: String) throws(MimirError) {
    guard access(path, F_OK) != 0, errno == ENOENT else { return }
    throw MimirError(.notFound, "cannot open \(path): No such file or directory; check the path")
  }

  /// Readers go back and forth in a log, which a pipe can't: its bytes in a file without a name.
  private static func copyOfInput() throws(MimirError) -> Int32 {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var name = Array("\(folder)/mimir-XXXXXX".utf8CString)
    let file = mkstemp(&name)
    guard file >= 0 else { throw failure("cannot make a temporary file in \(folder)") }
    unlink(name)
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure("cannot read standard input") }
      if count == 0 { return file }
      var done = 0
      while done < count {
        let written = buffer.withUnsafeBytes { bytes in
          bytes.baseAddress.map { Glibc.write(file, $0 + done, count - done) } ?? 0
        }
        guard written > 0 || errno == EINTR else {
          throw failure("cannot write to a temporary file in \(folder)")
        }
        done += max(written, 0)
      }
    }
  }

  private static func failure(_ action: String) -> MimirError {
    MimirError(.io, "\(action): \(String(cString: strerror(errno)))")
  }
}
