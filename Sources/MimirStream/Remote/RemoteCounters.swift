import Synchronization

/// Counted on the server's thread, read on any.
final class RemoteCounters: Sendable {
  let joined = Atomic<UInt64>(0)
  let timedOut = Atomic<UInt64>(0)
  let entries = Atomic<UInt64>(0)
  let repeated = Atomic<UInt64>(0)
  let refused = Atomic<UInt64>(0)
  let ignored = Atomic<UInt64>(0)
  let connected = Atomic<Int>(0)
  /// Those who have joined and not left, connected or not.
  let members = Atomic<Int>(0)
}
