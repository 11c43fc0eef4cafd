import Glibc

/// What signal handlers must know of the terminal. All here is safe within one: it allocates nothing,
/// and is set up before the first one can come.
struct ScreenState {
  private static let enter: StaticString = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l"
  private static let leave: StaticString = "\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"
  private static let patience: Int32 = 200

  /// At a fixed place: a handler may come in the middle of an access.
  nonisolated(unsafe) static let shared = {
    let state = UnsafeMutablePointer<ScreenState>.allocate(capacity: 1)
    state.initialize(to: ScreenState())
    return state
  }()

  private var before = termios()
  private var isOpen = false
  /// Whether keys come: standard input is a terminal, too.
  private(set) var hasKeys = false
  /// Something else may be on the screen, or its size has changed.
  var isStale = false

  static func open() {
    let state = shared
    state.pointee.isOpen = true
    state.pointee.isStale = true
    state.pointee.hasKeys = tcgetattr(STDIN_FILENO, &state.pointee.before) == 0
    if state.pointee.hasKeys {
      var raw = state.pointee.before
      raw.c_lflag &= ~UInt32(ICANON | ECHO)
      // A screen that ^S stops could not even be left.
      raw.c_iflag &= ~UInt32(IXON)
      tcsetattr(STDIN_FILENO, TCSANOW, &raw)
    }
    write(enter)
  }

  static func close() {
    let state = shared
    guard state.pointee.isOpen else { return }
    state.pointee.isOpen = false
    write(leave)
    if state.pointee.hasKeys { tcsetattr(STDIN_FILENO, TCSANOW, &state.pointee.before) }
    state.pointee.hasKeys = false
  }

  /// Not for ever: a terminal may take nothing any more, and the command ends all the same.
  private static func write(_ text: StaticString) {
    guard Terminal.takes(STDOUT_FILENO, within: patience) else { return }
    _ = Glibc.write(STDOUT_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }
}
