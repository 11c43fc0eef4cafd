import Glibc
import MimirBase

/// The message of the last failed call, per thread.
enum LastError {
  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key, { free($0) }) == 0 ? key : nil
  }()

  static func set(_ error: MimirError) {
    guard let key, let message = strdup(error.message) else { return }
    free(pthread_getspecific(key))
    if pthread_setspecific(key, message) != 0 { free(message) }
  }

  static var message: UnsafePointer<CChar> {
    if let key, let message = pthread_getspecific(key) {
      return UnsafePointer(message.assumingMemoryBound(to: CChar.self))
    }
    return staticText("")
  }
}

/// A literal as C text: static, and ending with a NUL as all literals do.
func staticText(_ text: StaticString) -> UnsafePointer<CChar> {
  UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
