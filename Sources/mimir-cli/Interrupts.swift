import Glibc

/// SIGINT, SIGTERM and SIGHUP as something to wait for, so that a command ends in order.
enum Interrupts {
  private static var set: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    // Where it is ignored, as under nohup, it never comes.
    sigaddset(&set, SIGHUP)
    return set
  }

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
