import Glibc

/// Signals that end or change a command.
enum Signals {
  /// Whether whoever started the command wants it so: nohup, or a script of its background jobs.
  static func isIgnored(_ number: Int32) -> Bool {
    var now = sigaction()
    guard sigaction(number, nil, &now) == 0 else { return false }
    return unsafeBitCast(now.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Calls `handler` at each of them that is not ignored.
  static func handle(_ numbers: [Int32], by handler: @escaping @convention(c) (Int32) -> Void) {
    for number in numbers where !isIgnored(number) { signal(number, handler) }
  }

  /// Within a handler: what would have happened without it happens once that returns.
  static func end(by number: Int32) {
    signal(number, SIG_DFL)
    raise(number)
  }
}
