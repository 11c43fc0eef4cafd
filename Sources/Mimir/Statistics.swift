extension Logger {
  /// What a logger has done so far.
  public struct Statistics: Sendable, Hashable {
    /// Entries logged: the number of the last one.
    public var entries: UInt64 = 0
    /// Bytes handed to the file by all loggers of this process, waiting ones included.
    public var bytes: UInt64 = 0
    /// Entries lost: not written, and no room to let them wait.
    public var dropped: UInt64 = 0
    /// Entries that had to wait for a failing file and were written later.
    public var recovered: UInt64 = 0
    /// Calls that failed.
    public var errors: UInt64 = 0
    /// Entries that wait in memory to be written.
    public var pendingEntries: UInt64 = 0
    /// Their bytes.
    public var pendingBytes: UInt64 = 0
    /// NaNs and infinities met.
    public var nonfinite: UInt64 = 0
    /// Bytes of torn last lines that were cut off the file.
    public var repairedBytes: UInt64 = 0
  }
}
