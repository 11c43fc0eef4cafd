import Glibc
public import MimirBase
import MimirGzip
package import MimirIO
import MimirJSON

/// Follows a log file, plain or gzip: the entries that are there, or the last ones, then each one as it
/// comes, in order, each once.
///
///     let follower = try LogFollower("log.jsonl.gz", from: .last(10))
///     while let entry = try follower.next(timeout: -1) { print(entry) }
///
/// Takes no lock, changes nothing, and reads only what is new; what a writer has not finished is waited
/// for. It goes on when the writer is killed and started again. When the file is emptied, or removed
/// and made anew, it starts over with the new one: see `statistics`. Of a copy that is cut short it
/// gives what is whole, as `LogReader` does. A gzip file of another origin than Mímir is read anew
/// from its beginning whenever it has changed. One thread at a time.
public final class LogFollower {
  /// Where in a file that is there to begin.
  public enum Start: Sendable, Hashable {
    case beginning
    /// With the last so many lines. `last(0)`: with what comes from now on. The checksum of a gzip
    /// log covers its compressed entries from the first on: for those that are there it is not
    /// compared then.
    case last(Int)
  }

  /// What was seen so far.
  public struct Statistics: Sendable, Hashable {
    /// Entries that were given.
    public var entries: UInt64 = 0
    /// Lines that were left out because they are no JSON object, from where it began on. Blank lines,
    /// and a last one without its newline, do not count.
    public var skippedLines: UInt64 = 0
    /// How often it started over, because the file was emptied or written anew, or another one took
    /// its place: the entries after are those of another run, from its first on. One more as soon as
    /// that is seen, before the first entry of the new run; not for a file that it waited for. The
    /// counts above go on.
    public var restarts: UInt64 = 0
  }

  /// Milliseconds between two looks at a file that does not change.
  private static let longestPause = 50
  /// Work between two looks at the clock: a line that is left out counts 1.
  private static let share = 512
  private static let blockWork = 256

  private let filename: String
  private let system: any Syscalls
  private let generation = OpenFiles.generation
  private let waits: Bool
  private var start: Start
  private var file: FollowedFile?
  /// It could not be read, and that was told.
  private var hasFailed = false
  private var lines = GatheredLines()
  private var block = ByteBuffer()
  private var entryText = EntryText()
  public private(set) var statistics = Statistics()
  /// Whether all that was there when it last looked has been given.
  public private(set) var isUpToDate = false

  /// - Parameters:
  ///   - filename: the log.
  ///   - start: where to begin.
  ///   - waits: the file need not be there yet; all of it is given then.
  /// - Throws: `.notFound`, `.permission`, `.unsupported` (not a regular file), `.corrupt`, `.io`.
  public convenience init(
    _ filename: String, from start: Start = .beginning, waits: Bool = false
  ) throws(MimirError) {
    try self.init(filename, from: start, waits: waits, system: RealSyscalls.shared)
  }

  package init(
    _ filename: String, from start: Start, waits: Bool, system: any Syscalls
  ) throws(MimirError) {
    if case .last(let count) = start, count < 0 {
      throw MimirError(
        .invalidArgument, "the count of last lines is \(count); it must be 0 or more")
    }
    self.filename = filename
    self.system = system
    self.waits = waits
    self.start = start
    _ = try open()
    self.start = .beginning
  }

  /// Whether the file is there, and has something in it.
  public var isOpen: Bool { file != nil }

  /// The next entry; nil when none has come within `timeout` milliseconds (-1: waits for ever). That
  /// also ends a long way through lines that are no entries: `isUpToDate` tells.
  ///
  /// - Throws: `.io`; `.corrupt` for a damaged gzip file, once what can be read up to there has been
  ///   given, or a line of more than 1 GiB; `.forked`. Called again, it goes on when the file is
  ///   readable again, or another one has taken its place.
  public func next(timeout: Int = -1) throws(MimirError) -> Entry? {
    while let text = try nextBytes(timeout: timeout) {
      if let entry = Entry(checked: text) { return entry }
    }
    return nil
  }

  /// The same as JSON text.
  public func nextText(timeout: Int = -1) throws(MimirError) -> String? {
    try nextBytes(timeout: timeout).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The same, valid until the next call.
  package func nextBytes(timeout: Int) throws(MimirError) -> UnsafeRawBufferPointer? {
    guard generation == OpenFiles.generation else {
      throw MimirError(
        .forked,
        "this follower was opened before fork() and belongs to the parent process; open one here")
    }
    let begun = Clock.milliseconds()
    var (work, pause) = (0, 1)
    while true {
      isUpToDate = false
      if let line = lines.next() {
        if let text = take(line) { return text }
        work += 1
      } else if try readMore() {
        work += Self.blockWork
      } else {
        isUpToDate = true
      }
      guard isUpToDate || work >= Self.share else { continue }
      work = 0
      let left = timeout < 0 ? .max : timeout - (Clock.milliseconds() - begun)
      guard left > 0 else { return nil }
      guard isUpToDate else { continue }
      usleep(UInt32(min(pause, left)) * 1000)
      pause = min(pause * 2, Self.longestPause)
    }
  }

  private func take(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    if let text = entryText.entry(in: line) {
      statistics.entries += 1
      return text
    }
    if !EntryText.isBlank(line) { statistics.skippedLines += 1 }
    return nil
  }

  /// Returns whether it is worth while to look again at once.
  private func readMore() throws(MimirError) -> Bool {
    guard let file else { return try open() }
    // Asked first: all that was written to the old file is read then.
    let isGone = file.isGone
    guard !isGone || !hasFailed else {
      startOver()
      return true
    }
    let step: FollowStep
    do {
      step = try file.text.read(into: &block)
    } catch {
      hasFailed = true
      throw error
    }
    switch step {
    case .text:
      try lines.add(block, of: filename)
      return true
    case .nothing:
      if isGone { startOver() }
      return isGone
    case .replaced:
      startOver()
      return true
    }
  }

  private func startOver() {
    file = nil
    hasFailed = false
    lines.removeAll()
    statistics.restarts += 1
  }

  private func open() throws(MimirError) -> Bool {
    do {
      file = try FollowedFile(filename, system: system)
    } catch  where error.code == .notFound && (waits || statistics.restarts > 0) {
      return false
    }
    if case .last(let count) = start, let file { try file.text.seekToLast(count) }
    return file != nil
  }
}
