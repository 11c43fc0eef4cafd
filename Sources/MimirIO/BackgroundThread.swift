package import Glibc

package enum BackgroundThread {
  private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// The name that `top -H` shows. Through /proc, as Swift sees neither of the C functions for it.
  private static func nameThread(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = write(file, name, name.utf8.count)
    close(file)
  }

  private static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
    guard let argument = $0 else { return nil }
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    nameThread(start.name)
    start.body()
    return nil
  }

  /// Starts a thread that takes no signals: the host's handlers run on the host's threads.
  /// Returns nil when the system has no thread to give.
  package static func start(name: String, _ body: @escaping @Sendable () -> Void) -> pthread_t? {
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    var thread = pthread_t()
    let result = pthread_create(&thread, nil, run, start.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    guard result == 0 else {
      start.release()
      return nil
    }
    return thread
  }

  /// Lets a thread that nobody will join end by itself.
  package static func detach(_ thread: pthread_t) { pthread_detach(thread) }
}
