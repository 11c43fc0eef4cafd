/// One pass over JSON text: checks it, and copies the runs between white space.
///
/// No recursion: text from outside must not be able to exhaust the stack. Nothing is copied byte by
/// byte; text without white space is one `memcpy`.
struct JSONCompactor {
  typealias Place = UnsafePointer<UInt8>
  /// Bytes past the result that copying may touch.
  static let slack = 32

  private let start: Place
  private let end: Place
  private let target: UnsafeMutablePointer<UInt8>
  private let room: Int
  private let levels: Int
  private var written = 0
  /// From here on nothing is copied yet.
  private var pending: Place
  private(set) var tokens = 0

  /// - Parameter target: takes `room` bytes and the slack.
  /// - Parameter levels: how many containers may lie within each other, at most 512.
  init(
    start: Place, count: Int, target: UnsafeMutablePointer<UInt8>, room: Int, levels: Int
  ) {
    self.start = start
    end = start + count
    self.target = target
    self.room = room
    self.levels = levels
    pending = start
  }

  /// Returns how many bytes were written.
  @inline(__always)
  mutating func run(objectOnly: Bool) throws(JSONFault) -> Int {
    var at = try skipSpace(start)
    if objectOnly, at == end || at.pointee != UInt8(ascii: "{") { throw JSONFault(.object, at) }
    at = try value(at)
    try copyPending(upTo: at)
    pending = at
    at = try skipSpace(at)
    if at != end { throw JSONFault(.end, at) }
    return written
  }

  /// Goes past one value, however deep.
  @inline(__always)
  private mutating func value(_ first: Place) throws(JSONFault) -> Place {
    let end = end
    var at = first
    var kinds = ContainerKinds()
    var depth = 0
    var inObject = false

    nextValue: while true {
      guard at < end else { throw JSONFault(.value, at) }
      switch at.pointee {
      case UInt8(ascii: "\""):
        at = try JSONScan.string(at + 1, end)
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        at = try JSONScan.number(at, end)
      case UInt8(ascii: "-"):
        if end - at > 1, at[1] == UInt8(ascii: "I") {
          at = try JSONScan.word("-Infinity", at, end)
          tokens &+= 1
        } else {
          at = try JSONScan.number(at, end)
        }
      case UInt8(ascii: "{"):
        at = try open(at, depth)
        kinds[depth] = true
        depth &+= 1
        inObject = true
        if at < end, at.pointee == UInt8(ascii: "}") { break }
        at = try key(at)
        continue nextValue
      case UInt8(ascii: "["):
        at = try open(at, depth)
        kinds[depth] = false
        depth &+= 1
        inObject = false
        if at < end, at.pointee == UInt8(ascii: "]") { break }
        continue nextValue
      case UInt8(ascii: "t"): at = try JSONScan.word("true", at, end)
      case UInt8(ascii: "f"): at = try JSONScan.word("false", at, end)
      case UInt8(ascii: "n"): at = try JSONScan.word("null", at, end)
      case UInt8(ascii: "N"):
        at = try JSONScan.word("NaN", at, end)
        tokens &+= 1
      case UInt8(ascii: "I"):
        at = try JSONScan.word("Infinity", at, end)
        tokens &+= 1
      default:
        throw JSONFault(.value, at)
      }

      // After a value: the next one, or the end of one or more containers.
      while true {
        if depth == 0 { return at }
        at = try skipSpace(at)
        guard at < end else { throw JSONFault(inObject ? .commaOrBrace : .commaOrBracket, at) }
        if at.pointee == UInt8(ascii: ",") {
          at = try skipSpace(at + 1)
          if inObject { at = try key(at) }
          continue nextValue
        }
        guard at.pointee == (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          throw JSONFault(inObject ? .commaOrBrace : .commaOrBracket, at)
        }
        at += 1
        depth &-= 1
        inObject = depth > 0 && kinds[depth &- 1]
      }
    }
  }

  @inline(__always)
  private mutating func open(_ at: Place, _ depth: Int) throws(JSONFault) -> Place {
    guard depth < levels else { throw JSONFault(.depth, at) }
    return try skipSpace(at + 1)
  }

  /// Goes past a key and its colon, up to the value.
  @inline(__always)
  private mutating func key(_ first: Place) throws(JSONFault) -> Place {
    guard first < end, first.pointee == UInt8(ascii: "\"") else { throw JSONFault(.key, first) }
    let at = try skipSpace(try JSONScan.string(first + 1, end))
    guard at < end, at.pointee == UInt8(ascii: ":") else { throw JSONFault(.colon, at) }
    return try skipSpace(at + 1)
  }

  @inline(__always)
  private mutating func skipSpace(_ first: Place) throws(JSONFault) -> Place {
    guard first < end, first.pointee <= 0x20 else { return first }
    return try dropSpace(first)
  }

  @inline(__always)
  private mutating func dropSpace(_ first: Place) throws(JSONFault) -> Place {
    try copyPending(upTo: first)
    var at = first
    while at < end, JSONScan.isSpace(at.pointee) { at += 1 }
    pending = at
    return at
  }

  @inline(__always)
  private mutating func copyPending(upTo stop: Place) throws(JSONFault) {
    let count = stop - pending
    guard count <= room &- written else { throw JSONFault(.size, stop) }
    let into = UnsafeMutableRawPointer(target + written)
    if count <= 32, end - pending >= 32 {
      // Two fixed moves for the common short run; what they carry too much falls into the slack.
      let from = UnsafeRawPointer(pending)
      let low = from.loadUnaligned(as: SIMD16<UInt8>.self)
      let high = from.loadUnaligned(fromByteOffset: 16, as: SIMD16<UInt8>.self)
      into.storeBytes(of: low, as: SIMD16<UInt8>.self)
      into.storeBytes(of: high, toByteOffset: 16, as: SIMD16<UInt8>.self)
    } else {
      into.copyMemory(from: pending, byteCount: count)
    }
    written &+= count
  }
}
