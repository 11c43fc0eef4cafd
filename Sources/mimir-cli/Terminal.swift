import Glibc

/// What standard output and standard error are connected to.
enum Terminal {
  static let isOutput = isatty(STDOUT_FILENO) == 1
  static let isError = isatty(STDERR_FILENO) == 1

  /// Whether output may have colour: it is a terminal that has it, and NO_COLOR (no-color.org) is not
  /// set.
  static let hasColor: Bool = {
    let noColor = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    return isOutput && !isDumb && !noColor
  }()

  /// Whether a line on standard error can be drawn over.
  static let canRedraw = isError && !isDumb

  private static let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? true

  /// Whether something can be written now, or in so many milliseconds: not while ^S has stopped it.
  static func takes(_ file: Int32, within milliseconds: Int32) -> Bool {
    var output = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
    return poll(&output, 1, milliseconds) > 0 && Int32(output.revents) & POLLOUT != 0
  }

  /// Columns and rows of the terminal on standard output; 80 × 24 when it is none.
  static var size: (columns: Int, rows: Int) {
    var window = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0
    else { return (80, 24) }
    return (Int(window.ws_col), Int(window.ws_row))
  }
}
