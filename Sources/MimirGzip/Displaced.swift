import Glibc
import MimirBase
import MimirIO

/// Keeps a damaged log as NAME.damaged (NAME.damaged-2, …) when a repaired one takes its name.
enum Displaced {
  private static let most = 10_000

  /// Returns the name under which the damaged file is kept.
  static func keep(
    _ path: String, putting repaired: inout ReplacementFile, system: any Syscalls
  ) throws(MimirError) -> String {
    let name = try rename(path, system: system)
    try repaired.take(place: path)
    // A journal may still tell something of the damaged file; beside the new one it would be stale.
    _ = Journal.path(for: path).withCString { old in
      Journal.path(for: name).withCString { system.rename(old, $0) }
    }
    try FileDescriptor.synchronizeDirectory(of: path, system: system)
    return name
  }

  private static func rename(_ path: String, system: any Syscalls) throws(MimirError) -> String {
    for number in 1...most {
      let name = number == 1 ? "\(path).damaged" : "\(path).damaged-\(number)"
      // A second name for it: there is no moment at which `path` leads nowhere.
      if link(path, name) == 0 { return name }
      if errno == EEXIST { continue }
      // A file system without them.
      if access(name, F_OK) == 0 { continue }
      let result = path.withCString { old in name.withCString { system.rename(old, $0) } }
      guard result >= 0 else { throw .system(result, "cannot rename", path) }
      return name
    }
    throw MimirError(
      .exists, "there are \(most) damaged files beside \(path) already; remove some of them")
  }
}
