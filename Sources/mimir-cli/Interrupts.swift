import Glibc

/// SIGINT, SIGTERM and SIGHUP as something to wait for, so that a command ends in order.
enum Interrupts {
  /// Without those that are ignored: one that is blocked would come all the same.
  private static let set = {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGINT, SIGTERM, SIGHUP] where !Signals.isIgnored(number) {
      sigaddset(&set, number)
    }
    return set
  }()

  /// From now on they wait; call it before threads are started.
  static func block() {
    var set = set
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits for one. A second one ends the command as usual.
  static func came(within milliseconds: Int) -> Bool {
    var set = set
    var limit = timespec(
      tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    guard sigtimedwait(&set, nil, &limit) > 0 else { return false }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    return true
  }
}
