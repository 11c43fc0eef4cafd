import MimirBase
import MimirJSON

/// The same numbers in each run, so that a failure can be repeated (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

/// Bytes in memory of exactly their size, so that a sanitizer sees what reads past them.
struct ExactBytes {
  private let memory: UnsafeMutableRawBufferPointer

  init(_ bytes: [UInt8]) {
    memory = .allocate(byteCount: bytes.count, alignment: 1)
    memory.copyBytes(from: bytes)
  }

  init(_ text: String) { self.init(Array(text.utf8)) }

  var view: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }

  func free() { memory.deallocate() }
}

/// What a function wrote to memory of `room` bytes; nil when it touched more than that.
func written(room: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) -> String? {
  var memory = [UInt8](repeating: 0xee, count: room + 32)
  let count = memory.withUnsafeMutableBufferPointer { buffer in
    buffer.baseAddress.map { write($0) } ?? 0
  }
  guard count <= room, memory[room...].allSatisfy({ $0 == 0xee }) else { return nil }
  return String(decoding: memory[..<count], as: UTF8.self)
}

/// The text that a buffer holds.
func text(_ buffer: borrowing ByteBuffer) -> String {
  String(decoding: buffer.bytes, as: UTF8.self)
}

/// A key, as the writer takes it.
func key(_ text: StaticString) -> UnsafeRawBufferPointer {
  UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
}

extension ObjectWriter {
  /// The line, or the message of why there is none.
  mutating func lineText() -> String {
    do throws(MimirError) { return String(decoding: try line(), as: UTF8.self) } catch {
      return "error: \(error.message)"
    }
  }
}
