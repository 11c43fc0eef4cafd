public import MimirBase

/// Where entries go: a file, the console, anything of your own.
///
/// A logger calls its handlers one entry at a time, in the order of the entries' numbers, while it
/// holds its lock: a handler must not log to the logger that calls it (that log fails with
/// `.invalidState`), and a slow one makes `log` slow.
public protocol Handler: AnyObject, Sendable {
  /// Takes one entry. An error is reported by `log`; the other handlers get the entry all the same.
  func log(_ record: borrowing Record) throws(MimirError)
  /// Writes what waits in memory.
  func flush() throws(MimirError)
  /// Called once, when the logger is closed.
  func close() throws(MimirError)
}

extension Handler {
  public func flush() throws(MimirError) {}
  public func close() throws(MimirError) {}
}
