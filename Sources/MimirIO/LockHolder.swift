import Glibc

/// Finds the process that holds the lock on a file. The kernel reports no pid for open file
/// description locks, so this looks for the file among every process's open ones, and for the lock
/// in what `/proc` says of them. Only on the way to an error message.
package enum LockHolder {
  /// The pids of the processes that hold it, as far as they can be seen from here.
  package static func processes(of file: borrowing FileDescriptor) -> [String] {
    var wanted = stat()
    guard file.system.fstat(file.raw, &wanted) >= 0 else { return [] }
    var holders: [String] = []
    for process in entries(of: "/proc") where process.utf8.allSatisfy({ (48...57).contains($0) }) {
      let folder = "/proc/\(process)/fd"
      for descriptor in entries(of: folder) {
        var status = stat()
        guard stat("\(folder)/\(descriptor)", &status) == 0, status.st_dev == wanted.st_dev,
          status.st_ino == wanted.st_ino,
          contents(of: "/proc/\(process)/fdinfo/\(descriptor)").contains("OFDLCK")
        else { continue }
        holders.append(process)
        break
      }
    }
    return holders
  }

  static func description(of file: borrowing FileDescriptor) -> String {
    let holders = processes(of: file)
    switch holders.count {
    case 0: return "another process (its pid can't be seen from here: another user or container)"
    case 1: return "the process with pid \(holders[0])\(name(of: holders[0]))"
    default: return "the processes with pids \(holders.joined(separator: ", "))"
    }
  }

  private static func name(of process: String) -> String {
    let name = contents(of: "/proc/\(process)/comm").prefix { $0 != "\n" }
    return name.isEmpty ? "" : " (\(name))"
  }

  private static func entries(of folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  private static func contents(of path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : ""
  }
}
