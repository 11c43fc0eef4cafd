import Glibc
import MimirBase

/// The whole terminal, for as long as something live is shown in it.
///
/// Whatever ends the command, and whatever it is at, the terminal is given back as it was: see
/// `ScreenState`.
final class LiveScreen {
  enum Event {
    case key(UInt8)
    case resize
  }

  func open() {
    ScreenState.open()
    Signals.handle([SIGINT, SIGTERM, SIGHUP, SIGQUIT]) { number in
      ScreenState.close()
      Signals.end(by: number)
    }
    Signals.handle([SIGTSTP]) { _ in
      ScreenState.close()
      raise(SIGSTOP)
      ScreenState.open()
    }
    Signals.handle([SIGWINCH]) { _ in ScreenState.shared.pointee.isStale = true }
  }

  func close() { ScreenState.close() }

  /// Draws lines from the top; what was there goes.
  func draw(_ lines: [String]) {
    // One that takes nothing now, as after ^S, would hold the keys up.
    guard Terminal.takes(STDOUT_FILENO, within: 0) else { return }
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

  /// What happens within so many milliseconds; nil for nothing.
  func wait(milliseconds: Int) -> Event? {
    let hasKeys = ScreenState.shared.pointee.hasKeys
    var keys = pollfd(fd: hasKeys ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0)
    let count = poll(&keys, 1, Int32(clamping: milliseconds))
    if ScreenState.shared.pointee.isStale {
      ScreenState.shared.pointee.isStale = false
      return .resize
    }
    guard count > 0 else { return nil }
    var key: UInt8 = 0
    // A terminal that has gone tells so for ever.
    if read(STDIN_FILENO, &key, 1) <= 0 {
      close()
      Signals.end(by: SIGHUP)
    }
    return .key(key)
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
