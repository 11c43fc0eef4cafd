import Glibc

/// A POSIX semaphore.
package final class Semaphore: @unchecked Sendable {
  private let raw = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  package init() { sem_init(raw, 0, 0) }

  deinit {
    sem_destroy(raw)
    raw.deallocate()
  }

  package func signal() { sem_post(raw) }

  /// False when the time is over.
  package func wait(milliseconds: Int) -> Bool {
    var deadline = timespec()
    clock_gettime(CLOCK_REALTIME, &deadline)
    let nanoseconds = deadline.tv_nsec + (milliseconds % 1000) * 1_000_000
    deadline.tv_sec += milliseconds / 1000 + nanoseconds / 1_000_000_000
    deadline.tv_nsec = nanoseconds % 1_000_000_000
    while true {
      if sem_timedwait(raw, &deadline) == 0 { return true }
      if errno != EINTR { return false }
    }
  }

  package func wait() { while sem_wait(raw) != 0, errno == EINTR {} }
}
