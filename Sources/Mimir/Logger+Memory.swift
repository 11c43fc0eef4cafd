public import MimirBase
import MimirIO
import MimirRing

extension Logger: Sequence {
  /// How many entries are in memory: 0 to `maxlen`.
  public var count: Int {
    (try? checkProcess()) == nil ? 0 : state.state.withLockUnchecked { $0.ring.count }
  }

  /// An entry in memory: 0 is the oldest, -1 the newest; nil outside `-count ..< count`. NaN and
  /// infinities are there as they were logged.
  public subscript(index: Int) -> Entry? {
    guard let text = try? text(at: index) else { return nil }
    return text.withUnsafeBytes { Entry(checked: $0) }
  }

  /// The entries in memory at this moment, oldest first.
  public var entries: [Entry] { Array(self) }

  /// Goes through the entries that are in memory at this moment, oldest first.
  public func makeIterator() -> AnyIterator<Entry> {
    guard (try? checkProcess()) != nil else { return AnyIterator { nil } }
    let texts = state.state.withLockUnchecked { state in
      (0..<state.ring.count).compactMap { state.ring.withBytes(at: $0) { [UInt8]($0) } }
    }
    var rest = texts.makeIterator()
    return AnyIterator {
      rest.next().flatMap { text in text.withUnsafeBytes { Entry(checked: $0) } }
    }
  }

  /// Up to `count` entries in memory at one moment, from `start` on (from the end when negative), a
  /// line each.
  package func lines(from start: Int, count: Int) throws(MimirError) -> ByteBuffer {
    try checkProcess()
    var lines = ByteBuffer()
    state.state.withLockUnchecked { state in
      let held = state.ring.count
      let first = start < 0 ? held + Swift.max(start, -held) : Swift.min(start, held)
      for index in first..<(first + Swift.min(count, held - first)) {
        state.ring.withBytes(at: index) { lines.append($0) }
        lines.append(UInt8(ascii: "\n"))
      }
    }
    return lines
  }

  /// The JSON text of an entry in memory.
  package func text(at index: Int) throws(MimirError) -> [UInt8] {
    try withText(at: index) { [UInt8]($0) }
  }

  /// Calls `body` with the JSON text of an entry in memory, under the lock.
  package func withText<Result>(
    at index: Int, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(MimirError) -> Result {
    try checkProcess()
    let (result, count) = state.state.withLockUnchecked { state in
      (state.ring.withBytes(at: index, body), state.ring.count)
    }
    guard let result else {
      throw MimirError(
        .outOfRange,
        count == 0
          ? "index \(index): no entry is in memory; open the logger with maxlen above 0"
          : "index \(index): \(count) entries are in memory, so it can be \(-count) to \(count - 1)"
      )
    }
    return result
  }

  /// Reads a log file into memory: the last `maxlen` of its entries follow those that are there.
  /// Returns how many entries the file holds. What can't be read (a torn last entry, lines that are no
  /// JSON object, damage) is left out with a warning.
  ///
  /// - Throws: `.notFound`, `.permission`, `.unsupported` (not a regular file), `.io`.
  @discardableResult
  public func load(_ filename: String) throws(MimirError) -> Int {
    try checkProcess()
    return try loadTail(of: filename, count: .max, system: RealSyscalls.shared)
  }

  @discardableResult
  func loadTail(
    of filename: String, count: Int, system: any Syscalls
  ) throws(MimirError) -> Int {
    let core = state
    let reader = try LogReader(filename, system: system)
    if count < .max { try reader.seekToLast(count) }
    while let text = try reader.nextBytes() {
      core.state.withLockUnchecked { _ = $0.ring.push(text) }
    }
    let report = reader.report
    if report.isIncomplete { warn(report.description) }
    return Int(clamping: report.entries)
  }
}
