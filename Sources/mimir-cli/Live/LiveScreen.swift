import Glibc
import MimirBase

/// The whole terminal, for as long as something live is shown in it.
///
/// Signals are taken as messages here, between two drawings: whatever ends the command, the terminal
/// is given back as it was.
final class LiveScreen {
  private static let enter = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l"
  private static let leave = "\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"
  private static let fatal = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

  enum Event {
    case key(UInt8)
    case resize
  }

  private var signals = sigset_t()
  private var before = termios()
  /// Whether keys come: standard input is a terminal, too.
  private var hasKeys = false

  /// Must come before any thread is started: they get the signals that are let through.
  init() {
    sigemptyset(&signals)
    for signal in Self.fatal + [SIGWINCH, SIGTSTP] { sigaddset(&signals, signal) }
    sigprocmask(SIG_BLOCK, &signals, nil)
  }

  func open() {
    hasKeys = tcgetattr(STDIN_FILENO, &before) == 0
    if hasKeys {
      var raw = before
      raw.c_lflag &= ~UInt32(ICANON | ECHO)
      tcsetattr(STDIN_FILENO, TCSADRAIN, &raw)
    }
    write(Self.enter)
  }

  func close() {
    write(Self.leave)
    if hasKeys { tcsetattr(STDIN_FILENO, TCSADRAIN, &before) }
    hasKeys = false
  }

  /// Draws lines from the top; what was there goes.
  func draw(_ lines: [String]) {
    let (_, rows) = Terminal.size
    var text = "\u{1B}[?2026h\u{1B}[H"
    // What is left of a line goes before it is written: behind a full one the cursor stands on its last
    // cell.
    for (number, line) in lines.prefix(rows).enumerated() {
      text += (number > 0 ? "\r\n" : "") + "\u{1B}[K" + line + "\u{1B}[0m"
    }
    if lines.count < rows { text += "\r\n\u{1B}[J" }
    write(text + "\u{1B}[?2026l")
  }

  /// What happens within so many milliseconds; nil for nothing. A signal that ends the command does so
  /// here.
  func wait(milliseconds: Int) -> Event? {
    var keys = pollfd(fd: hasKeys ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0)
    let count = poll(&keys, 1, Int32(clamping: milliseconds))
    var none = timespec()
    let signal = sigtimedwait(&signals, nil, &none)
    if signal > 0 { return take(signal) }
    guard count > 0 else { return nil }
    var key: UInt8 = 0
    // A terminal that has gone tells so for ever.
    if read(STDIN_FILENO, &key, 1) <= 0 { end(by: SIGHUP) }
    return .key(key)
  }

  private func take(_ signal: Int32) -> Event? {
    switch signal {
    case SIGWINCH: return .resize
    case SIGTSTP:
      close()
      raise(SIGSTOP)
      open()
      return .resize
    default: end(by: signal)
    }
  }

  private func end(by signal: Int32) -> Never {
    close()
    Glibc.signal(signal, SIG_DFL)
    var only = sigset_t()
    sigemptyset(&only)
    sigaddset(&only, signal)
    sigprocmask(SIG_UNBLOCK, &only, nil)
    raise(signal)
    exit(ExitStatus.failure.rawValue)
  }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { all in
        Glibc.write(STDOUT_FILENO, all.baseAddress?.advanced(by: done), all.count - done)
      }
      if count < 0, errno != EINTR { return }
      done += max(count, 0)
    }
  }
}
