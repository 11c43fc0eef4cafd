import Glibc
import Synchronization

/// What a fork must know: the descriptors that a child has to close (kernel locks belong to the open
/// file, and a child that kept a copy would hold the lock after its parent's death), and a count of
/// forks by which an object sees that it was made in another process.
package enum OpenFiles {
  private static let forks = Atomic<Int>(0)

  /// How many forks this process is away from the first one. Objects remember it when made.
  package static var generation: Int {
    // Whoever asks wants to be told of the next fork.
    _ = mutex
    return forks.load(ordering: .relaxed)
  }

  nonisolated(unsafe) private static let mutex: UnsafeMutablePointer<pthread_mutex_t> = {
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    // The registry's lock is taken first here, as it is when a file is opened.
    pthread_atfork(
      {
        pthread_mutex_lock(WriterRegistry.mutex)
        pthread_mutex_lock(OpenFiles.mutex)
      },
      {
        pthread_mutex_unlock(OpenFiles.mutex)
        pthread_mutex_unlock(WriterRegistry.mutex)
      },
      {
        OpenFiles.enterChild()
        pthread_mutex_unlock(OpenFiles.mutex)
        pthread_mutex_unlock(WriterRegistry.mutex)
      })
    return mutex
  }()

  // Guarded by `mutex`.
  nonisolated(unsafe) private static var descriptors: [Int32] = []

  static func add(_ descriptor: Int32) -> Int {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    descriptors.append(descriptor)
    return generation
  }

  static func remove(_ descriptor: Int32) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if let index = descriptors.firstIndex(of: descriptor) { descriptors.remove(at: index) }
  }

  private static func enterChild() {
    for descriptor in descriptors { _ = Glibc.close(descriptor) }
    descriptors.removeAll(keepingCapacity: true)
    forks.add(1, ordering: .sequentiallyConsistent)
  }
}
