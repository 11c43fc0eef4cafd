import CZmq
import Glibc
import MimirBase
import Synchronization

/// Wakes a thread that waits for sockets, and tells it to end.
final class Doorbell: Sendable {
  private let stopped = Atomic(false)
  /// Readable while the thread is wanted.
  let bell: Int32

  init() throws(MimirError) {
    bell = mimir_bell_make()
    guard bell >= 0 else { throw MimirError(.network, "the system has no file descriptor to give") }
  }

  deinit { close(bell) }

  var isStopped: Bool { stopped.load(ordering: .acquiring) }

  func stop() {
    stopped.store(true, ordering: .releasing)
    ring()
  }

  func ring() {
    var one: UInt64 = 1
    _ = write(bell, &one, 8)
  }

  func clear() {
    var count: UInt64 = 0
    _ = read(bell, &count, 8)
  }
}
