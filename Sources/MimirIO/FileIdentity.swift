package import Glibc

/// Which file a path or descriptor stands for, whatever it is called.
package struct FileIdentity: Hashable, Sendable {
  let device: UInt
  let inode: UInt

  package init(_ status: stat) {
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
  }

  /// nil when there is no regular file at `path`.
  package init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    self.init(status)
  }
}
