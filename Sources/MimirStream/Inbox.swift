import CZmq
import Glibc
import MimirBase
import MimirIO

/// Where `log` leaves entries for the publisher's thread. Bounded; wakes the thread only if it sleeps.
final class Inbox: Sendable {
  struct Queue: ~Copyable {
    /// For each entry its sequence, its length (8 bytes each, host order), and its text.
    var bytes = ByteBuffer()
    var dropped: UInt64 = 0
    var asleep = false
    var stopped = false
  }

  static let headerSize = 16
  private let queue: Locked<Queue>
  private let limit: Int
  /// Readable while the thread is wanted.
  let bell: Int32

  init(limit: Int) throws(MimirError) {
    self.limit = limit
    queue = Locked(Queue())
    bell = mimir_bell_make()
    guard bell >= 0 else { throw MimirError(.network, "no file descriptor for the publisher") }
  }

  deinit { close(bell) }

  /// False when there is no room.
  func put(_ sequence: UInt64, _ text: UnsafeRawBufferPointer) -> Bool {
    let (fits, asleep) = queue.withLockUnchecked { queue in
      // One entry always fits.
      guard queue.bytes.isEmpty || queue.bytes.count + text.count <= limit else {
        queue.dropped += 1
        return (false, false)
      }
      var header = (sequence, UInt64(text.count))
      withUnsafeBytes(of: &header) { queue.bytes.append($0) }
      queue.bytes.append(text)
      defer { queue.asleep = false }
      return (true, queue.asleep)
    }
    if asleep { ring() }
    return fits
  }

  func stop() {
    queue.withLockUnchecked { $0.stopped = true }
    ring()
  }

  func ring() {
    var one: UInt64 = 1
    _ = write(bell, &one, 8)
  }

  /// Takes all that is there in exchange for an empty buffer. Returns whether it is stopped.
  func take(_ bytes: inout ByteBuffer) -> Bool {
    queue.withLockUnchecked { queue in
      swap(&queue.bytes, &bytes)
      return queue.stopped
    }
  }

  /// Whether there is nothing to do. From here on the thread is woken by the bell.
  func mayWait() -> Bool {
    queue.withLockUnchecked { queue in
      queue.asleep = queue.bytes.isEmpty && !queue.stopped
      return queue.asleep
    }
  }

  func awake() {
    queue.withLockUnchecked { $0.asleep = false }
    var count: UInt64 = 0
    _ = read(bell, &count, 8)
  }

  var dropped: UInt64 { queue.withLockUnchecked { $0.dropped } }
}
