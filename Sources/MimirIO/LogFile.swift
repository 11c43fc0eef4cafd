package import MimirBase

/// What became of an append: how many leading bytes (always whole lines) are in the file now, and
/// why the rest is not.
package struct WriteOutcome {
  package var accepted: Int
  package var error: MimirError?

  package init(accepted: Int, error: MimirError? = nil) {
    self.accepted = accepted
    self.error = error
  }
}

/// Bytes on disk in one format. The owner, a `LogWriter`, calls one method at a time.
package protocol LogFile: AnyObject {
  var path: String { get }
  /// Identifies the file within this process, whatever path it is opened by; nil where two openings
  /// can't disturb each other (a device).
  var identity: FileIdentity? { get }
  /// Where its text ends now; nil where others may write to it, or it has no place to tell.
  var textEnd: LogPlace? { get }
  /// Bytes of torn last lines cut off since the last call.
  func takeRepairedBytes() -> Int
  /// Appends whole lines. What was not accepted has left no trace in the file.
  func append(_ lines: UnsafeRawBufferPointer) -> WriteOutcome
  /// From now on each append also reaches the disk.
  func requireDurability() -> MimirError?
  /// Makes sure, without writing, that what was appended is where the path leads.
  func verify() -> MimirError?

  /// Whether there is work that a thread should do while entries go on coming.
  var needsMaintenance: Bool { get }
  /// Takes down what the work needs to know; nil when there is nothing to do.
  func prepareMaintenance() -> (any LogMaintenance)?
  /// Puts the work's result in place; called again and again while there is more to do.
  func finishMaintenance(_ work: any LogMaintenance) -> MaintenanceOutcome
  /// The last call: brings the file into its final form.
  func close() -> MimirError?
}

extension LogFile {
  package var textEnd: LogPlace? { nil }
  package var needsMaintenance: Bool { false }
  package func prepareMaintenance() -> (any LogMaintenance)? { nil }
  package func finishMaintenance(_ work: any LogMaintenance) -> MaintenanceOutcome { .done }
  package func close() -> MimirError? { nil }
}

package enum MaintenanceOutcome {
  case done
  /// So much has come meanwhile that the work should run once more first.
  case again
  /// The lock is given back for a moment, before this goes on.
  case more
  /// Nothing is lost by a failure: the work is done when more has come, or at closing.
  case failed(MimirError)
}

/// Work on a log file that runs on a thread of its own, without the writer's lock.
package protocol LogMaintenance: AnyObject {
  func run()
  /// Between two calls of `finishMaintenance`.
  func pause()
  /// Nothing more will be done with it.
  func end()
}

/// What happens to a file that is there already.
package enum OpenMode: Sendable { case append, truncate, exclusive }

package struct LogFileOptions: Sendable {
  package var mode: OpenMode
  package var shared: Bool
  package var durable: Bool

  package init(mode: OpenMode = .append, shared: Bool = false, durable: Bool = false) {
    self.mode = mode
    self.shared = shared
    self.durable = durable
  }
}
