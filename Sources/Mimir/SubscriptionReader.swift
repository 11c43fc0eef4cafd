import MimirBase
import MimirIO
import MimirStream

/// Lets a thread of its own wait for entries, so that no task blocks one of Swift's.
final class SubscriptionReader: Sendable {
  private typealias Answer = CheckedContinuation<[Subscription.Element], any Error>

  private struct State {
    var requests: [Answer] = []
    var stopped = false
    var statistics = Subscription.Statistics()
  }

  /// How many entries one request brings, if they are there.
  private static let most = 256
  /// Milliseconds after which a request without entries ends, so that a cancelled task is noticed.
  private static let patience = 100

  /// What the thread holds: not the reader, so that it ends when nobody reads any more.
  private final class Shared: Sendable {
    let state = Locked(State())
    let work = Semaphore()
  }

  /// Only the thread uses it once it runs.
  private struct Box: @unchecked Sendable {
    let subscriber: Subscriber
  }

  private let shared = Shared()

  init(_ options: Subscriber.Options) throws(MimirError) {
    let box = Box(subscriber: try Subscriber(options))
    let thread = BackgroundThread.start(name: "mimir-subscribe") { [shared] in
      Self.run(box.subscriber, shared)
    }
    guard let thread else {
      throw MimirError(.outOfMemory, "the system has no thread for a subscription")
    }
    BackgroundThread.detach(thread)
  }

  deinit {
    shared.state.withLockUnchecked { $0.stopped = true }
    shared.work.signal()
  }

  var statistics: Subscription.Statistics {
    shared.state.withLockUnchecked { $0.statistics }
  }

  /// The entries that are there, or come within a moment; none when there are none.
  func batch() async throws -> [Subscription.Element] {
    try await withCheckedThrowingContinuation { answer in
      shared.state.withLockUnchecked { $0.requests.append(answer) }
      shared.work.signal()
    }
  }

  private static func run(_ subscriber: Subscriber, _ shared: Shared) {
    while true {
      shared.work.wait()
      let (answer, stopped) = shared.state.withLockUnchecked { state in
        (state.requests.isEmpty ? nil : state.requests.removeFirst(), state.stopped)
      }
      guard let answer else {
        if stopped { return }
        continue
      }
      let result = Result { try take(from: subscriber) }
      shared.state.withLockUnchecked { state in
        let now = subscriber.statistics
        state.statistics = Subscription.Statistics(
          entries: now.entries, missed: now.missed, restarts: now.restarts,
          reconnections: now.reconnections, run: subscriber.run)
      }
      answer.resume(with: result)
    }
  }

  private static func take(from subscriber: Subscriber) throws -> [Subscription.Element] {
    var elements: [Subscription.Element] = []
    while elements.count < most,
      let delivery = try subscriber.next(timeout: elements.isEmpty ? patience : 0)
    {
      // A publisher may send anything.
      guard let entry = Entry(checked: delivery.text) else { continue }
      elements.append(Subscription.Element(sequence: delivery.sequence, entry: entry))
    }
    return elements
  }
}
