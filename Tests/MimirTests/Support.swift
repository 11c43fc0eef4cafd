import Glibc
import Mimir
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

/// Collects a logger's warnings.
final class Collected: Sendable {
  private let list = Locked<[Warning]>([])

  var warnings: [Warning] { list.withLockUnchecked { $0 } }
  var sink: Logger.Warnings {
    .callback { [list = self] warning in list.list.withLockUnchecked { $0.append(warning) } }
  }
}

/// Keeps the text of each record.
final class TextHandler: Handler {
  private let list = Locked<[String]>([])

  var texts: [String] { list.withLockUnchecked { $0 } }

  func log(_ record: borrowing Record) throws(MimirError) {
    let text = "\(record.sequence) \(record.text)"
    list.withLockUnchecked { $0.append(text) }
  }
}
