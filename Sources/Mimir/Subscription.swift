public import MimirBase
import MimirStream

/// Follows a live log: the past that is wanted, then each entry as it comes, in order, each once.
///
///     for try await live in try Subscription(host: "node7", past: .last(100)) {
///       print(live.sequence, live.entry["training_error"] ?? .null)
///     }
///
/// It reconnects by itself, asks for what the network has lost, and starts over when a new run begins.
/// One loop at a time goes through it; it ends when its task is cancelled.
public struct Subscription: AsyncSequence, Sendable {
  /// What was published before.
  public enum Past: Sendable, Hashable {
    /// Only what comes from now on is wanted.
    case nothing
    /// All that can be had.
    case all
    case last(UInt64)
    /// From an entry's number on.
    case from(UInt64)
  }

  public struct Options: Sendable {
    /// A name or address, or the publisher's `ipc://PATH`.
    public var host = "localhost"
    public var pushPort = 5557
    /// 0: there is none; then neither the past nor what was missed can be had.
    public var routerPort = 5556
    public var past = Past.all
    /// A file with this client's key pair (`mimir keygen`), and one with the publisher's public key.
    public var keyFile: String?
    public var serverKey: String?

    public init() {}

    var subscriber: Subscriber.Options {
      var options = Subscriber.Options()
      options.host = host
      options.pushPort = pushPort
      options.routerPort = routerPort
      options.past =
        switch past {
        case .nothing: .nothing
        case .all: .all
        case .last(let count): .last(count)
        case .from(let sequence): .from(sequence)
        }
      options.keyFile = keyFile
      options.serverKey = serverKey
      return options
    }
  }

  /// An entry with its number in its run, from 1.
  public struct Element: Sendable {
    public let sequence: UInt64
    public let entry: Entry
  }

  /// What was seen so far.
  public struct Statistics: Sendable, Hashable {
    public var entries: UInt64 = 0
    /// Entries that could not be had any more.
    public var missed: UInt64 = 0
    /// How often a new run has begun: numbers begin at 1 again.
    public var restarts: UInt64 = 0
    public var reconnections: UInt64 = 0
    /// The run's id, when the publisher tells.
    public var run: String?
  }

  private let reader: SubscriptionReader

  /// The publisher need not be there yet.
  ///
  /// - Throws: `.invalidArgument`, `.network` (a host that does not exist), `.notFound` and
  ///   `.permission` (key files; also one that others can read), `.unsupported`.
  public init(_ options: Options = Options()) throws(MimirError) {
    reader = try SubscriptionReader(options.subscriber)
  }

  public init(
    host: String, pushPort: Int = 5557, routerPort: Int = 5556, past: Past = .all
  ) throws(MimirError) {
    var options = Options()
    (options.host, options.past) = (host, past)
    (options.pushPort, options.routerPort) = (pushPort, routerPort)
    try self.init(options)
  }

  public var statistics: Statistics { reader.statistics }

  public func makeAsyncIterator() -> Iterator { Iterator(reader: reader) }

  public struct Iterator: AsyncIteratorProtocol {
    let reader: SubscriptionReader
    private var batch: [Element] = []
    private var position = 0

    init(reader: SubscriptionReader) { self.reader = reader }

    /// The next entry; nil when the task is cancelled.
    ///
    /// - Throws: `MimirError`: `.permission` when the publisher refuses this client's key.
    public mutating func next() async throws -> Element? {
      while position == batch.count {
        guard !Task.isCancelled else { return nil }
        position = 0
        batch = try await reader.batch()
      }
      defer { position += 1 }
      return batch[position]
    }
  }
}
