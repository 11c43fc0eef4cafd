/// A compaction whose journal is complete, and how far it has come in the log itself.
final class Compaction {
  let journal: Journal
  let file: JournalFile
  /// Of the new chunks.
  var written = 0
  /// Of the rest of the tail.
  var moved = 0
  /// With durability: a pause has brought to the disk what was written.
  var settled = false
  /// In place, and on the disk where that is asked for: the journal may go.
  var done = false
  /// A system call has failed; it is tried again before anything is appended.
  var failed = false

  init(_ journal: Journal, in file: JournalFile) {
    self.journal = journal
    self.file = file
  }
}
