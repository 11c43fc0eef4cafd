import Glibc

package enum RealPath {
  /// Where a file lies, whatever links lead to it and wherever the process goes next; the path itself
  /// where that can't be told.
  package static func of(_ path: String) -> String {
    guard !path.utf8.contains(0), let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(validatingCString: real) ?? path
  }
}
