import CZlib
import Glibc
import MimirBase
import MimirGzip
import MimirIO

/// A folder that is removed with the files in it.
final class TemporaryFolder {
  let path: String

  init() {
    var template = Array("/tmp/mimir-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { fatalError("mkdtemp: \(errno)") }
    path = String(cString: made)
  }

  deinit {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        unlink("\(path)/\(name)")
      }
      closedir(directory)
    }
    rmdir(path)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }
}

func bytes(of path: String) -> [UInt8] {
  guard let file = fopen(path, "r") else { return [] }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&block, 1, block.count, file), count > 0 { bytes += block[..<count] }
  return bytes
}

func put(_ bytes: [UInt8], into path: String) {
  guard let file = fopen(path, "w") else { fatalError("cannot write \(path)") }
  _ = fwrite(bytes, 1, bytes.count, file)
  fclose(file)
}

/// What zlib, which knows nothing of Mímir, makes of a file: the text of exactly one complete member
/// with nothing behind it, or nil.
func gunzip(_ file: [UInt8]) -> [UInt8]? {
  let (text, rest) = gunzipMember(file)
  return rest == 0 ? text : nil
}

/// The first member's text (nil unless complete and right), and how many bytes follow it.
func gunzipMember(_ file: [UInt8]) -> (text: [UInt8]?, rest: Int) {
  var stream = z_stream()
  guard inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
    return (nil, 0)
  }
  defer { inflateEnd(&stream) }
  var text: [UInt8] = []
  var input = file
  var status = Z_OK
  input.withUnsafeMutableBufferPointer { input in
    stream.next_in = input.baseAddress
    stream.avail_in = UInt32(input.count)
    var block = [UInt8](repeating: 0, count: 1 << 16)
    repeat {
      block.withUnsafeMutableBufferPointer { block in
        stream.next_out = block.baseAddress
        stream.avail_out = UInt32(block.count)
        status = inflate(&stream, Z_NO_FLUSH)
      }
      text += block[..<(block.count - Int(stream.avail_out))]
    } while status == Z_OK
  }
  return status == Z_STREAM_END ? (text, Int(stream.avail_in)) : (nil, 0)
}

extension LogFile {
  /// Appends text that must be taken whole.
  func add(_ text: String) -> MimirError? { add(Array(text.utf8)) }

  func add(_ text: [UInt8]) -> MimirError? { text.withUnsafeBytes { append($0) }.error }

  /// The rest of a compaction.
  func finish(_ work: any LogMaintenance) -> MimirError? {
    defer { work.end() }
    work.run()
    while true {
      switch finishMaintenance(work) {
      case .done: return nil
      case .failed(let error): return error
      case .again: work.run()
      case .more: work.pause()
      }
    }
  }

  /// A compaction from beginning to end.
  func compact() -> MimirError? {
    guard let work = prepareMaintenance() else { return nil }
    return finish(work)
  }
}

/// Lines of metrics, reproducible.
struct Lines {
  private var state: UInt64

  init(seed: UInt64 = 1) { state = seed }

  mutating func random() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 20
  }

  mutating func line(_ number: Int, padding: Int = 0) -> String {
    "{\"iteration\":\(number),\"loss\":0.\(random()),\"pad\":\""
      + String(repeating: "x", count: padding) + "\"}\n"
  }
}
