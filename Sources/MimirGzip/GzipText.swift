import MimirBase
import MimirIO

/// Reads the text of a gzip file of any origin, and checks each member's CRC and length.
enum GzipText {
  enum Outcome: Equatable {
    /// All members are whole; behind them at most zeros, as tapes and some tools leave them.
    case whole
    case truncated
    case corrupt
    /// Whole members, and then something else.
    case garbageBehind

    var description: String {
      switch self {
      case .whole: "it is whole"
      case .truncated: "it is cut short"
      case .corrupt: "its data or checksum is wrong"
      case .garbageBehind: "something that is not gzip follows its end"
      }
    }
  }

  private static let window = 256 << 10
  private static let output = 1 << 20

  static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
  }

  static func read(
    _ file: borrowing FileDescriptor, path: String,
    onText: (UnsafeRawBufferPointer) throws(MimirError) -> Void
  ) throws(MimirError) -> Outcome {
    var inflater = try Inflater(.gzip)
    var input = ByteBuffer(capacity: window)
    var out = ByteBuffer()
    var (offset, position) = (0, 0)
    var (members, inside) = (0, false)
    while true {
      if position == input.count {
        input.truncate(to: 0)
        input.commit(
          try file.read(into: input.reserve(window), count: window, at: offset, path: path))
        offset += input.count
        position = 0
        if input.isEmpty { return inside || members == 0 ? .truncated : .whole }
      }
      if !inside {
        if members > 0 {
          while position < input.count, input.bytes[position] == 0 { position += 1 }
          if position == input.count { continue }
          guard input.bytes[position] == 0x1F else { return .garbageBehind }
        }
        inflater.reset()
        inside = true
      }
      var step: Inflater.Step
      repeat {
        step = inflater.run(input.bytes, &position, into: &out, limit: output)
        try onText(out.bytes)
        out.truncate(to: 0)
      } while step == .full
      switch step {
      case .hungry where position == input.count: break
      case .end:
        inside = false
        members += 1
      default: return .corrupt
      }
    }
  }
}
