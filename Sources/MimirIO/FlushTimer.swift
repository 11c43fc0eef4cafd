import Glibc

/// A thread that runs an action one interval after it was woken, or at once when asked.
///
/// It sleeps while there is nothing to do. The action holds what it needs weakly, so that a timer
/// never keeps its owner alive.
package final class FlushTimer: Sendable {
  private struct State {
    var pending = false
    var urgent = false
    var stopped = false
  }

  private final class Shared: @unchecked Sendable {
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    var state = State()
    let interval: Int
    let action: @Sendable () -> Void

    init(interval: Int, action: @escaping @Sendable () -> Void) {
      self.interval = interval
      self.action = action
      pthread_mutex_init(mutex, nil)
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      pthread_cond_init(condition, &attributes)
      pthread_condattr_destroy(&attributes)
    }

    deinit {
      pthread_cond_destroy(condition)
      pthread_mutex_destroy(mutex)
      condition.deallocate()
      mutex.deallocate()
    }

    func run() {
      while waitForWork() { action() }
    }

    private func waitForWork() -> Bool {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      while !state.pending && !state.stopped { pthread_cond_wait(condition, mutex) }
      var deadline = timespec()
      clock_gettime(CLOCK_MONOTONIC, &deadline)
      deadline.tv_sec += interval / 1000
      deadline.tv_nsec += (interval % 1000) * 1_000_000
      if deadline.tv_nsec >= 1_000_000_000 {
        deadline.tv_sec += 1
        deadline.tv_nsec -= 1_000_000_000
      }
      while !state.urgent && !state.stopped {
        if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { break }
      }
      state.pending = false
      state.urgent = false
      return !state.stopped
    }
  }

  private let shared: Shared
  private let thread: pthread_t?

  /// False when the system has no thread to give.
  package var isRunning: Bool { thread != nil }

  package init(
    interval: Int, name: String = "mimir-flush", action: @escaping @Sendable () -> Void
  ) {
    shared = Shared(interval: interval, action: action)
    thread = BackgroundThread.start(name: name) { [shared] in shared.run() }
  }

  package func wake(urgent: Bool) {
    pthread_mutex_lock(shared.mutex)
    // A thread that knows already is not woken again: each wake is a system call of the caller's.
    let isNews = !shared.state.pending || (urgent && !shared.state.urgent)
    shared.state.pending = true
    if urgent { shared.state.urgent = true }
    if isNews { pthread_cond_signal(shared.condition) }
    pthread_mutex_unlock(shared.mutex)
  }

  /// Returns when the thread has ended. From the thread itself it only asks it to end.
  package func stop() {
    pthread_mutex_lock(shared.mutex)
    shared.state.stopped = true
    pthread_cond_signal(shared.condition)
    pthread_mutex_unlock(shared.mutex)
    guard let thread else { return }
    if pthread_equal(thread, pthread_self()) != 0 {
      pthread_detach(thread)
    } else {
      pthread_join(thread, nil)
    }
  }
}
