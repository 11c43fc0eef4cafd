import Glibc
import MimirBase

/// Cuts text into lines and tells the whole entries from what a damage has left.
struct EntryCollector: ~Copyable {
  private static let longest = 1 << 30

  private let isEntry: (UnsafeRawBufferPointer) -> Bool
  private let keeps: Bool
  private var line = ByteBuffer()
  /// The whole entries' lines since `clearKept`.
  private(set) var kept = ByteBuffer()
  private(set) var entries = 0
  /// A line made no sense, and so nothing after it counts until `startFresh`.
  private var lost = false
  private var sound = true
  /// Of what came since the last `startFresh`: entries that count as certain, and lines left out.
  private var (certain, nonsense) = (0, 0)
  /// Entries among them of text that is not sound.
  private(set) var uncertain = 0
  private(set) var leftOutLines = 0
  private(set) var leftOutBytes = 0

  /// `keeps`: entries are gathered, not only counted.
  init(keeps: Bool, isEntry: @escaping (UnsafeRawBufferPointer) -> Bool) {
    self.keeps = keeps
    self.isEntry = isEntry
  }

  /// Nothing was left out.
  var isClean: Bool { leftOutLines == 0 && leftOutBytes == 0 }
  /// The text so far ends within a line.
  var isInLine: Bool { !line.isEmpty }

  /// Adds text that goes on where the last one ended. What is no entry counts as left out only when
  /// `counting`; unless `sound`, neither does anything count that follows it.
  mutating func add(
    _ text: UnsafeRawBufferPointer, counting: Bool = true, sound: Bool = true
  ) {
    self.sound = sound
    guard let base = text.baseAddress else { return }
    var start = 0
    while start < text.count,
      let newline = memchr(base + start, Int32(UInt8(ascii: "\n")), text.count - start)
    {
      let end = UnsafeRawPointer(newline) - base
      let part = UnsafeRawBufferPointer(rebasing: text[start..<end])
      start = end + 1
      if line.isEmpty {
        take(part, newline: 1, counting)
      } else {
        line.append(part)
        takeLine(newline: 1, counting)
      }
    }
    line.append(UnsafeRawBufferPointer(rebasing: text[start...]))
    // No entry is that long.
    if line.count > Self.longest { endLine(counting: counting) }
  }

  /// What comes next does not follow what came before.
  mutating func endLine(counting: Bool = true) {
    if !line.isEmpty { takeLine(newline: 0, counting) }
    line.shrink(to: 1 << 20)
  }

  /// What comes does not depend on what came before: where that held a line that made no sense, the
  /// rest of it may be wrong too.
  mutating func startFresh() {
    lost = false
    if nonsense > 0 { uncertain += certain }
    (certain, nonsense) = (0, 0)
  }

  /// The end of all text. Unless it `fits` its CRC, and when nothing else shows where it is wrong, any
  /// entry may be.
  mutating func finish(fits: Bool) {
    endLine()
    startFresh()
    if !fits, isClean, uncertain == 0 { uncertain = entries }
  }

  mutating func clearKept() { kept.truncate(to: 0) }

  /// Bytes of the file of which nothing could be read.
  mutating func leaveOut(bytes: Int) { leftOutBytes += bytes }

  private mutating func takeLine(newline: Int, _ counting: Bool) {
    var whole = ByteBuffer()
    swap(&whole, &line)
    take(whole.bytes, newline: newline, counting)
    whole.truncate(to: 0)
    swap(&whole, &line)
  }

  private mutating func take(
    _ whole: UnsafeRawBufferPointer, newline: Int, _ counting: Bool
  ) {
    // Pages that never reached the disk read as zeros; an entry may follow them.
    let zeros = whole.firstIndex { $0 != 0 } ?? whole.count
    let text = UnsafeRawBufferPointer(rebasing: whole[zeros...])
    if counting { leftOutBytes += zeros }
    if text.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { return }
    if !lost, text.count <= Self.longest, isEntry(text) {
      entries += 1
      if sound { certain += 1 } else { uncertain += 1 }
      if keeps {
        kept.append(text)
        kept.append(UInt8(ascii: "\n"))
      }
      return
    }
    lost = lost || !sound
    if counting {
      nonsense += 1
      leftOutLines += 1
      leftOutBytes += text.count + newline
    }
  }
}
