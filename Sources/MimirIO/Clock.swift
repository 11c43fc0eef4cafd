import Glibc

package enum Clock {
  /// Milliseconds of the monotonic clock, to within one tick (4 ms or so): about 5 ns a call.
  package static func coarseMilliseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now)
    return now.tv_sec &* 1000 &+ now.tv_nsec / 1_000_000
  }

  /// Milliseconds of the monotonic clock.
  package static func milliseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec &* 1000 &+ now.tv_nsec / 1_000_000
  }

  /// Seconds since 1970, as entries have them: it reads back to the microsecond.
  package static func timestamp() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec / 1000) / 1_000_000
  }
}
