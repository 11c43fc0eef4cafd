import Glibc
import MimirBase

/// A program that ends without closing its loggers (`return` from `main`, `exit`) still gets what
/// they gathered in memory written.
enum ExitFlush {
  private static let installed: Void = {
    _ = atexit { for writer in WriterRegistry.all() { try? writer.flush() } }
  }()

  static func install() { _ = installed }
}
