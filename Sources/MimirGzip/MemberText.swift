import MimirBase
import MimirIO

/// The text of a gzip file of any origin: several members, zeros behind them, an end cut short.
final class MemberText: TextSource {
  private static let windowSize = 256 << 10
  private static let outputSize = 1 << 20

  private enum State {
    case between, inside, cut, done
  }

  private let bytes: LogBytes
  private var inflater: Inflater
  private var state = State.between
  private var members = 0
  private var window = ByteBuffer()
  private var position = 0
  /// Of the window's end.
  private(set) var offset = 0
  private(set) var report = ReadReport()

  init(_ bytes: LogBytes) throws(MimirError) {
    self.bytes = bytes
    inflater = try Inflater(.gzip)
  }

  func read(into out: inout ByteBuffer) throws(MimirError) -> TextStep {
    out.truncate(to: 0)
    while true {
      switch state {
      case .between: try beginMember()
      case .inside:
        if position == window.count, try !fill() {
          cutShort()
          break
        }
        switch inflater.run(window.bytes, &position, into: &out, limit: Self.outputSize) {
        case .full: return .text
        case .end:
          members += 1
          state = .between
        // Without the input all used: it would never go on.
        case .hungry where position == window.count: break
        default: try corrupt()
        }
      case .cut, .done:
        // What was inflated first; then the half line at its end is dropped.
        if !out.isEmpty { return .text }
        defer { state = .done }
        return state == .cut ? .gap : .end
      }
    }
  }

  /// Returns false at the file's end.
  private func fill() throws(MimirError) -> Bool {
    window.truncate(to: 0)
    position = 0
    try bytes.read(Self.windowSize, at: offset, into: &window)
    offset += window.count
    return !window.isEmpty
  }

  private func beginMember() throws(MimirError) {
    repeat {
      if position == window.count, try !fill() {
        state = .done
        return
      }
      // Zeros, as tapes and some tools leave them.
      while members > 0, position < window.count, window.bytes[position] == 0 { position += 1 }
    } while position == window.count
    guard window.bytes[position] == 0x1F else {
      let rest = try bytes.size() - (offset - window.count + position)
      report.note(
        damage: "\(bytes.path) has \(rest) bytes behind its end that are not gzip", skipped: rest)
      state = .done
      return
    }
    inflater.reset()
    state = .inside
  }

  private func cutShort() {
    report.note(
      torn: "\(bytes.path) is cut short: what follows its last whole line is left out")
    state = .cut
  }

  private func corrupt() throws(MimirError) {
    let rest = try bytes.size() - (offset - window.count + position)
    report.note(
      damage: "\(bytes.path) is damaged: its data or checksum is wrong before its last \(rest) "
        + "bytes, which can't be read; entries before may be wrong", skipped: max(rest, 0))
    state = .cut
  }
}
