import Glibc
package import MimirBase
import MimirIO

/// Follows a publisher: the past that is wanted, then each entry as it comes, in order, each once.
///
/// Does all its work within `next`, on the caller's thread. For one thread at a time.
package final class Subscriber {
  /// How much of what was published before is wanted.
  package enum Past: Sendable, Hashable {
    case nothing
    case all
    case last(UInt64)
    case from(UInt64)
  }

  package struct Options: Sendable {
    package var host = "localhost"
    package var pushPort = 5557
    /// 0: there is none; then neither the past nor what was missed can be had.
    package var routerPort = 5556
    package var past = Past.all
    /// Bytes of live entries that may wait while older ones are fetched.
    package var maxQueueBytes = 64 << 20
    /// A file with this client's key pair, and one with the publisher's public key.
    package var keyFile: String?
    package var serverKey: String?

    package init() {}
  }

  package struct Statistics: Sendable {
    package var entries: UInt64 = 0
    /// Entries that could not be had any more.
    package var missed: UInt64 = 0
    /// How often a new run of the publisher has begun.
    package var restarts: UInt64 = 0
    package var reconnections: UInt64 = 0

    /// However much a publisher pretends to have lost.
    mutating func miss(_ count: UInt64) {
      let (sum, overflow) = missed.addingReportingOverflow(count)
      missed = overflow ? .max : sum
    }
  }

  /// Valid until the next call.
  package struct Delivery {
    package let sequence: UInt64
    package let text: UnsafeRawBufferPointer
  }

  /// How far the two sides know each other.
  enum Mode {
    /// Nothing was heard of the ROUTER yet.
    case hello
    /// It knows MIMIR/1.
    case modern
    /// It knows snapshots only.
    case original
    /// There is none.
    case live
  }

  enum RouterState {
    case connecting
    case connected
    /// What is asked next goes over a new connection.
    case lost
  }

  enum NextRun {
    case modern(run: String, last: UInt64)
    /// Of a publisher that knows snapshots only.
    case original
  }

  let options: Options
  let sockets: SubscriberSockets
  private let generation: Int
  package internal(set) var statistics = Statistics()
  /// The publisher's run, when it tells.
  package internal(set) var run: String?
  var mode: Mode
  /// The number of the entry to be delivered next; nil while any may be the first.
  var expected: UInt64?
  /// What has come live, and can't be delivered yet.
  var live: EntryQueue
  /// Of a publisher of the original kind.
  var snapshot: EntryQueue
  var snapshotting = false
  var snapshotLast: UInt64?
  /// It was asked for again, after the connection had been lost.
  var isSecond = false
  /// An answer's entries, a line each, from number `blockNext` to `blockLast`.
  var block = ByteBuffer()
  var blockPosition = 0
  var blockNext: UInt64 = 0
  var blockLast: UInt64 = 0
  /// What was asked for and has not come.
  var asked: (from: UInt64, to: UInt64, at: Int)?
  /// The newest entry that the publisher has told of.
  var knownLast: UInt64 = 0
  /// The connection was lost: what comes now may be of another run.
  var unsure = false
  var doubtAt = 0
  /// What comes live may have come over a new connection since.
  var connectedAgain = false
  /// The run that has begun, while there is something of the old one to deliver.
  var nextRun: NextRun?
  /// Over the present connection to ROUTER.
  var saidHello = false
  /// SUB is connected.
  var isSubscribed = false
  var hasConnected = false
  var openedAt: Int
  var refused = false
  var refusedAt: Int?
  var infoAt = 0
  /// For as long as live entries wait for the ROUTER.
  var liveWait: LiveWait?
  var router = RouterState.connecting
  var renewedAt = 0
  var message = Message()

  package init(_ options: Options) throws(MimirError) {
    self.options = options
    generation = OpenFiles.generation
    sockets = try SubscriberSockets(options)
    live = EntryQueue(limit: options.maxQueueBytes)
    snapshot = EntryQueue(limit: options.maxQueueBytes)
    mode = options.routerPort > 0 ? .hello : .live
    openedAt = Clock.milliseconds()
  }

  /// The next entry; nil when none has come within `timeout` milliseconds (-1: waits for ever).
  ///
  /// - Throws: `.permission` when the publisher refuses this client's key, `.forked`.
  package func next(timeout: Int) throws(MimirError) -> Delivery? {
    try checkProcess()
    // These are of a run that is known, whatever has come meanwhile.
    if let delivery = deliverBlock() {
      statistics.entries += 1
      return delivery
    }
    let deadline = timeout < 0 ? Int.max : Clock.milliseconds() + timeout
    while true {
      tidy()
      takeEvents()
      if refused {
        refused = false
        throw MimirError(
          .permission,
          "the publisher at \(options.host) refuses this client's key; "
            + "put its public key into the publisher's folder of authorized keys")
      }
      if let delivery = deliver() ?? receive() {
        statistics.entries += 1
        return delivery
      }
      let now = Clock.milliseconds()
      tick(now)
      if let delivery = deliver() {
        statistics.entries += 1
        return delivery
      }
      guard now < deadline else { return nil }
      sockets.wait(milliseconds: min(deadline - now, unsure ? 20 : 100), live: !unsure)
    }
  }

  package func checkProcess() throws(MimirError) {
    guard generation == OpenFiles.generation else {
      throw MimirError(
        .forked, "this subscriber was opened before fork() and belongs to the parent; open one here"
      )
    }
  }

  private func tidy() {
    live.tidy()
    snapshot.tidy()
  }
}
