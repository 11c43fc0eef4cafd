import MimirBase
import MimirIO
public import MimirJSON

extension Logger {
  /// What happens to a log file that is there already.
  public enum Mode: UInt32, Sendable {
    /// Go on after what it holds.
    case append = 0
    /// Empty it, once the lock on it is held.
    case truncate = 1
    /// Fail with `.exists`.
    case exclusive = 2
  }

  /// When entries go to the file.
  public enum Flush: Sendable, Hashable {
    /// Before `log` returns: an entry survives the death of the process.
    case everyEntry
    /// Gathered in memory and written by a thread; a kill may lose what was logged within the last
    /// interval. 1 to 3,600,000 ms.
    case interval(milliseconds: Int)
  }

  /// What a written entry survives.
  public enum Durability: UInt32, Sendable {
    /// The death of the process.
    case process = 0
    /// Also a power cut: `fdatasync` with each flush.
    case system = 1
  }

  /// Where warnings go.
  public enum Warnings: Sendable {
    /// One line each on standard error.
    case standardError
    /// Called on a thread that is inside a call of the logger; must not call the same logger.
    case callback(@Sendable (Warning) -> Void)
    case off
  }

  /// How a logger is opened.
  public struct Options: Sendable {
    /// The log file; nil for none.
    public var filename: String?
    /// How many entries stay in memory: 0 none, `Int.max` all. An existing log that is opened for
    /// appending loads its last ones.
    public var maxlen = 0
    public var mode = Mode.append
    public var flush = Flush.everyEntry
    public var durability = Durability.process
    /// Other processes may write the same file, if they too say so.
    public var shared = false
    /// How NaN and infinities, which JSON lacks, are written. In memory the true value is kept.
    public var nonfinite = NonfinitePolicy.null
    /// Publishes each entry live, for viewers on this machine or others; nil for not publishing.
    public var stream: StreamOptions?
    /// Prints each entry on standard output; nil for not printing.
    public var formatter: Formatter?
    public var warnings = Warnings.standardError
    /// The largest entry, in bytes of JSON: 1 to 1 GiB.
    public var maxEntryBytes = 64 << 20
    /// How many bytes may wait in memory while writing fails: 1 or more.
    public var maxPendingBytes = 64 << 20

    public init(filename: String? = nil, maxlen: Int = 0) {
      self.filename = filename
      self.maxlen = maxlen
    }

    var file: LogFileOptions {
      let mode: OpenMode =
        switch mode {
        case .append: .append
        case .truncate: .truncate
        case .exclusive: .exclusive
        }
      return LogFileOptions(mode: mode, shared: shared, durable: durability == .system)
    }

    var policy: LogWriter.Policy {
      switch flush {
      case .everyEntry: LogWriter.Policy(maxPending: maxPendingBytes)
      case .interval(let milliseconds):
        LogWriter.Policy(interval: milliseconds, maxPending: maxPendingBytes)
      }
    }

    func check() throws(MimirError) {
      try check("maxlen", maxlen, 0...Int.max)
      try check("maxEntryBytes", maxEntryBytes, 1...(1 << 30))
      try check("maxPendingBytes", maxPendingBytes, 1...(1 << 40))
      if case .interval(let milliseconds) = flush {
        try check("the flush interval in milliseconds", milliseconds, 1...3_600_000)
      }
      if let filename, filename.isEmpty {
        throw MimirError(.invalidArgument, "the filename is empty; leave it out for no file")
      }
    }

    private func check(
      _ name: String, _ value: Int, _ range: ClosedRange<Int>
    ) throws(MimirError) {
      guard !range.contains(value) else { return }
      let upper = range.upperBound == .max ? "or more" : "to \(range.upperBound)"
      throw MimirError(
        .invalidArgument, "\(name) is \(value); it must be \(range.lowerBound) \(upper)")
    }
  }
}
