import Synchronization

/// Counted on the publisher's thread, read on any.
final class PublisherCounters: Sendable {
  private let skippedCount = Atomic<UInt64>(0)
  private let requestCount = Atomic<UInt64>(0)
  private let ignoredCount = Atomic<UInt64>(0)

  func add(skipped: UInt64) { skippedCount.add(skipped, ordering: .relaxed) }

  func set(requests: UInt64, ignored: UInt64) {
    requestCount.store(requests, ordering: .relaxed)
    ignoredCount.store(ignored, ordering: .relaxed)
  }

  var skipped: UInt64 { skippedCount.load(ordering: .relaxed) }
  var requests: UInt64 { requestCount.load(ordering: .relaxed) }
  var ignored: UInt64 { ignoredCount.load(ordering: .relaxed) }
}
