/// What a reader has left out, and whether the file is as its writer left it.
package struct ReadReport: Equatable, Sendable {
  /// Bytes of the file that could not be read as text, or end a torn file.
  package var skippedBytes = 0
  /// The content is damaged: entries are missing or may be wrong.
  package var damaged = false
  /// The file ends in the middle of something, as a killed writer or a copy cut short leaves it.
  package var torn = false
  /// What was found first, for a person; nil when the file is as it should be.
  package var message: String?

  package init() {}

  package mutating func add(_ other: ReadReport) {
    skippedBytes += other.skippedBytes
    damaged = damaged || other.damaged
    torn = torn || other.torn
    message = message ?? other.message
  }

  package mutating func note(damage message: String, skipped: Int = 0) {
    damaged = true
    skippedBytes += skipped
    self.message = self.message ?? message
  }

  package mutating func note(torn message: String, skipped: Int = 0) {
    torn = true
    skippedBytes += skipped
    self.message = self.message ?? message
  }
}
