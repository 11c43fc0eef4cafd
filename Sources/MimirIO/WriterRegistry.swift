import Glibc
package import MimirBase

/// The writers of this process, one per file.
package enum WriterRegistry {
  /// A plain mutex, not a `Locked`: it is held across a fork, and the child gives it back.
  nonisolated(unsafe) static let mutex: UnsafeMutablePointer<pthread_mutex_t> = {
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    return mutex
  }()

  private struct Registration {
    let writer: LogWriter
    var users = 1
  }

  // Guarded by `mutex`.
  nonisolated(unsafe) private static var registrations: [Registration] = []
  nonisolated(unsafe) private static var generation = 0
  /// In a forked child: the parent's writers, kept for ever, because a thread of the parent may have
  /// been inside one.
  nonisolated(unsafe) private static var inherited: [Registration] = []

  /// Opens the file at `path` for one more logger. `open` is called only when no logger of this
  /// process has it.
  package static func open(
    path: String, options: LogFileOptions, policy: LogWriter.Policy,
    open: () throws(MimirError) -> any LogFile
  ) throws(MimirError) -> LogWriter {
    let (writer, isNew) = try locked { () throws(MimirError) -> (LogWriter, Bool) in
      if let index = index(of: FileIdentity(path: path)) {
        guard options.mode == .append else { throw taken(path, options.mode) }
        registrations[index].users += 1
        registrations[index].writer.share()
        return (registrations[index].writer, false)
      }
      let writer = LogWriter(file: try open(), policy: policy)
      registrations.append(Registration(writer: writer))
      return (writer, true)
    }
    if isNew { return writer }
    do {
      try writer.tighten(policy, durable: options.durable)
      return writer
    } catch {
      try? close(writer)
      throw error
    }
  }

  /// Gives one logger's use of a writer back; the last one writes what waits and closes the file.
  package static func close(_ writer: LogWriter) throws(MimirError) {
    guard writer.generation == OpenFiles.generation else { return }
    var last = true
    let error = try locked { () throws(MimirError) -> MimirError? in
      guard let index = registrations.firstIndex(where: { $0.writer === writer }) else {
        return nil
      }
      registrations[index].users -= 1
      last = registrations[index].users == 0
      guard last else { return nil }
      registrations.remove(at: index)
      // Under the lock, so that nobody opens the file between its last write and its close.
      return writer.finish()
    }
    if let error { throw error }
    if !last { try writer.flush() }
  }

  static func all() -> [LogWriter] {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    forgetParents()
    return registrations.map(\.writer)
  }

  private static func locked<Result>(
    _ body: () throws(MimirError) -> Result
  ) throws(MimirError) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    forgetParents()
    return try body()
  }

  /// Asks each writer, for a file that vanished and was made anew is another one since.
  private static func index(of identity: FileIdentity?) -> Int? {
    guard let identity else { return nil }
    return registrations.firstIndex { registration in
      registration.writer.disk.withLockUnchecked { $0.file?.identity == identity }
    }
  }

  private static func taken(_ path: String, _ mode: OpenMode) -> MimirError {
    mode == .exclusive
      ? MimirError(.exists, "\(path) is there already and the mode is exclusive; use another name")
      : MimirError(
        .busy,
        "\(path) is open in this process already, so it can't be emptied; "
          + "close the other logger first, or append")
  }

  private static func forgetParents() {
    let current = OpenFiles.generation
    guard generation != current else { return }
    generation = current
    inherited += registrations
    registrations = []
  }
}
