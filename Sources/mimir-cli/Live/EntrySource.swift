import Glibc
import Mimir
import MimirBase
import MimirIO
import MimirStream

/// Where entries come from.
protocol EntrySource: AnyObject {
  var name: String { get }
  /// The next entry as JSON, valid until the next call; nil when none comes within `timeout`
  /// milliseconds.
  func next(timeout: Int) throws(MimirError) -> UnsafeRawBufferPointer?
  /// Whether all that was there already has been given.
  var isUpToDate: Bool { get }
  /// Whether more of what was there already can be had at once.
  var hasMore: Bool { get }
  /// Whether the log is there, also an empty one, or the publisher has been found.
  var isThere: Bool { get }
  /// How often another run has begun.
  var restarts: UInt64 { get }
  /// Entries of a stream that could not be had any more.
  var missed: UInt64 { get }
  /// What came and is no entry.
  var skipped: UInt64 { get }
  /// What a person should know of what was left out; "" for nothing.
  var report: String { get }
}

/// A log file, as it is now or followed.
final class FileSource: EntrySource {
  let name: String
  /// As it is now.
  private let file: LogSource?
  private let reader: LogReader?
  private let follower: LogFollower?
  private(set) var isUpToDate = false

  init(_ path: String, last: Int?, follows: Bool) throws(MimirError) {
    guard !follows else {
      guard path != "-" else {
        throw MimirError(.unsupported, "standard input can't be followed; give the log's name")
      }
      name = path
      (file, reader) = (nil, nil)
      follower = try LogFollower(path, from: last.map { .last($0) } ?? .beginning, waits: true)
      return
    }
    let file = try LogSource(path)
    let reader = try LogReader(file.path)
    if let last { try reader.seekToLast(last) }
    name = file.name
    self.file = file
    self.reader = reader
    follower = nil
  }

  func next(timeout: Int) throws(MimirError) -> UnsafeRawBufferPointer? {
    var text: UnsafeRawBufferPointer?
    if let reader { text = try reader.nextBytes() }
    if let follower { text = try follower.nextBytes(timeout: timeout) }
    if text == nil, follower?.isUpToDate ?? true { isUpToDate = true }
    return text
  }

  var hasMore: Bool { isThere && !isUpToDate }
  var isThere: Bool { follower.map { $0.isOpen || access(name, F_OK) == 0 } ?? true }
  var restarts: UInt64 { follower?.statistics.restarts ?? 0 }
  var missed: UInt64 { 0 }
  var skipped: UInt64 { follower?.statistics.skippedLines ?? reader?.report.skippedLines ?? 0 }

  var report: String {
    if let file, let reader {
      return reader.report.isIncomplete ? file.named(reader.report.description) : ""
    }
    guard skipped > 0 else { return "" }
    return "\(Text.count(skipped, "line", "lines")) of \(name) left out: no JSON objects"
  }
}

/// The live stream of a run.
final class StreamSource: EntrySource {
  /// For so many milliseconds it goes on through what is no entry.
  private static let slice = 20

  let name: String
  private let subscriber: Subscriber
  private var entryText = EntryText()
  private(set) var skipped: UInt64 = 0

  init(_ options: Subscriber.Options, name: String) throws(MimirError) {
    self.name = name
    subscriber = try Subscriber(options)
  }

  func next(timeout: Int) throws(MimirError) -> UnsafeRawBufferPointer? {
    let deadline = Clock.milliseconds() + max(timeout, Self.slice)
    var left = timeout
    while let delivery = try subscriber.next(timeout: left) {
      // A publisher may send anything.
      if let text = entryText.entry(in: delivery.text) { return text }
      skipped += 1
      let now = Clock.milliseconds()
      guard now < deadline else { return nil }
      left = min(left, deadline - now)
    }
    return nil
  }

  var isUpToDate: Bool { isThere && subscriber.isUpToDate }
  var hasMore: Bool { false }
  var isThere: Bool { subscriber.isFound }
  var restarts: UInt64 { subscriber.statistics.restarts }
  var missed: UInt64 { subscriber.statistics.missed }

  var report: String {
    var parts: [String] = []
    if missed > 0 {
      parts.append("\(missed) entries of \(name) were missed, and could not be had any more")
    }
    if skipped > 0 {
      parts.append(
        "\(Text.count(skipped, "message", "messages")) of \(name) left out: no JSON objects")
    }
    return parts.joined(separator: "; ")
  }
}
