public import Glibc
public import MimirBase

/// A value behind a POSIX mutex.
///
/// Not Synchronization's `Mutex`: on Linux that is a priority-inheritance futex that stores the
/// owner's thread id, cached in thread-local storage. After `fork` the cached id is the parent's, and
/// the first contended use in the child ends the process ("Unknown error occurred while attempting
/// to acquire a Mutex"). Training code forks (data loaders), so the child must be able to log.
@frozen
@usableFromInline
package struct Locked<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
  @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>
  @usableFromInline let value: UnsafeMutablePointer<Value>

  package init(_ initial: consuming Value) {
    mutex = .allocate(capacity: 1)
    value = .allocate(capacity: 1)
    // Error checking turns a second lock by the same thread (a callback that logs to the logger that
    // called it) into an error instead of a deadlock.
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ERRORCHECK))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
    value.initialize(to: initial)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
    value.deinitialize(count: 1)
    value.deallocate()
  }

  /// Runs `body` with the lock held. A thread that holds it already gets `.invalidState`.
  @inlinable
  package borrowing func withLock<Result: ~Copyable>(
    _ body: (inout Value) throws(MimirError) -> Result
  ) throws(MimirError) -> Result {
    guard pthread_mutex_lock(mutex) == 0 else { throw reentered() }
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value.pointee)
  }

  /// For holders that call nothing of the caller's, and so can't come back here.
  @inlinable
  package borrowing func withLockUnchecked<Result: ~Copyable>(
    _ body: (inout Value) -> Result
  ) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(&value.pointee)
  }

  @usableFromInline
  func reentered() -> MimirError {
    MimirError(
      .invalidState,
      "a handler, filter or warning callback called the logger that was calling it; "
        + "collect what it wants to log and log it afterwards")
  }
}
