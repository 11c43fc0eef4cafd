import Glibc
import MimirBase
import MimirIO

/// Reads entries back from the archive on a thread of its own, so that the publisher's goes on. The
/// thread starts with the first request.
final class ArchiveThread: Sendable {
  struct Request: Sendable {
    let client: [UInt8]
    /// For a request of entries, up to which one; nil for a snapshot.
    let to: UInt64?
    let first: UInt64
    let limit: ReadLimit
  }

  struct Answer: ~Copyable {
    let request: Request
    let count: Int
    let text: ByteBuffer
  }

  private final class Result {
    let request: Request
    let count: Int
    var text: ByteBuffer

    init(_ request: Request, _ count: Int, _ text: consuming ByteBuffer) {
      self.request = request
      self.count = count
      self.text = text
    }
  }

  private struct State: @unchecked Sendable {
    var requests: [Request] = []
    var results: [Result] = []
    var stopped = false
    var thread: pthread_t?
  }

  private static let mostRequests = 1024

  private let archive: any EntryArchive
  private let state = Locked(State())
  private let work = Semaphore()
  /// Rings when there is an answer.
  private let ring: @Sendable () -> Void

  init(_ archive: any EntryArchive, ring: @escaping @Sendable () -> Void) {
    self.archive = archive
    self.ring = ring
  }

  /// False when too many wait.
  func ask(_ request: Request) -> Bool {
    let taken = state.withLockUnchecked { state in
      guard state.requests.count < Self.mostRequests, !state.stopped else { return false }
      state.requests.append(request)
      if state.thread == nil {
        state.thread = BackgroundThread.start(name: "mimir-archive") { [self] in run() }
        if state.thread == nil { state.requests.removeAll() }
      }
      return state.thread != nil
    }
    if taken { work.signal() }
    return taken
  }

  func takeAnswer() -> Answer? {
    let result = state.withLockUnchecked { state in
      state.results.isEmpty ? nil : state.results.removeFirst()
    }
    guard let result else { return nil }
    var text = ByteBuffer()
    swap(&text, &result.text)
    return Answer(request: result.request, count: result.count, text: text)
  }

  func stop() {
    let thread = state.withLockUnchecked { state -> pthread_t? in
      state.stopped = true
      return state.thread
    }
    guard let thread else { return }
    work.signal()
    pthread_join(thread, nil)
  }

  private func run() {
    while true {
      work.wait()
      let (request, stopped) = state.withLockUnchecked { state in
        (state.requests.isEmpty ? nil : state.requests.removeFirst(), state.stopped)
      }
      if stopped { return }
      guard let request else { continue }
      var text = ByteBuffer()
      let count = archive.read(from: request.first, limit: request.limit, into: &text)
      let result = Result(request, count, text)
      state.withLockUnchecked { $0.results.append(result) }
      ring()
    }
  }
}
