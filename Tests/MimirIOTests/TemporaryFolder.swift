import Glibc
import MimirBase
import MimirIO

/// A folder that is removed with all it holds.
final class TemporaryFolder {
  let path: String

  init() {
    var template = Array("/tmp/mimir-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { fatalError("mkdtemp: \(errno)") }
    path = String(cString: made)
  }

  deinit { remove(path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  private func remove(_ path: String) {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { remove("\(path)/\(name)") }
      }
      closedir(directory)
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}

func contents(_ path: String) -> String {
  guard let file = fopen(path, "r") else { return "" }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 65536)
  while case let count = fread(&block, 1, block.count, file), count > 0 { bytes += block[..<count] }
  return String(decoding: bytes, as: UTF8.self)
}

func put(_ text: String, into path: String) {
  guard let file = fopen(path, "w") else { fatalError("cannot write \(path)") }
  var text = text
  text.withUTF8 { _ = fwrite($0.baseAddress, 1, $0.count, file) }
  fclose(file)
}

/// Stands in for the JSON check of the module above: an entry here is `{…}`.
@Sendable func looksWhole(_ line: UnsafeRawBufferPointer) -> Bool {
  line.first == UInt8(ascii: "{") && line.last == UInt8(ascii: "}")
}

func openWriter(
  _ path: String, _ options: LogFileOptions = LogFileOptions(),
  policy: LogWriter.Policy = LogWriter.Policy(), system: any Syscalls = RealSyscalls.shared
) throws(MimirError) -> LogWriter {
  try WriterRegistry.open(path: path, options: options, policy: policy) {
    () throws(MimirError) -> any LogFile in
    try PlainLog(path: path, options: options, system: system, isEntry: looksWhole)
  }
}

extension LogWriter {
  func append(_ line: String) throws(MimirError) {
    var line = line
    var failure: MimirError?
    line.withUTF8 { bytes in
      do throws(MimirError) {
        try append(UnsafeRawBufferPointer(bytes))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  /// The code with which appending fails, or nil.
  func code(appending line: String) -> MimirError.Code? {
    do {
      try append(line)
      return nil
    } catch {
      return error.code
    }
  }
}
