import CZmq
import Glibc
package import MimirBase
import MimirIO

/// Publishes entries live, and tells those who come late what they have missed.
///
/// Any number of threads may publish; they leave entries in a bounded queue, and only the publisher's
/// own thread touches sockets.
package final class Publisher: Sendable {
  package struct Options: Sendable {
    /// The address to bind to, or `ipc://PATH`.
    package var bind = "127.0.0.1"
    /// 0: a free one.
    package var pushPort = 5557
    package var routerPort = 5556
    /// How many entries are held for those who come late: 0 none, and no ROUTER; `Int.max` all.
    package var maxlen = 0
    /// Allows an address that others can reach, without keys.
    package var insecure = false
    /// A file with this publisher's key pair, and the folder of the clients' public keys.
    package var keyFile: String?
    package var authorizedKeys: String?
    /// Bytes that may wait for the publisher's thread.
    package var maxQueueBytes = 64 << 20
    /// Milliseconds for what is still to be sent at the end.
    package var linger = 200
    package var version = "0.1.0"

    package init() {}
  }

  package struct Statistics: Sendable {
    /// Entries for which the queue had no room: they are not in the snapshot either.
    package var dropped: UInt64 = 0
    /// Entries that were not sent live, because viewers had too much to take.
    package var skipped: UInt64 = 0
    package var requests: UInt64 = 0
    /// Requests that made no sense, or came too fast.
    package var ignored: UInt64 = 0
  }

  package let pushPort: Int
  /// 0 when there is no ROUTER.
  package let routerPort: Int
  /// Another one each time.
  package let run: String
  private let inbox: Inbox
  private let counters = PublisherCounters()
  private let ended = Semaphore()
  private let generation: Int
  private let thread: Locked<pthread_t?>

  package init(_ options: Options, archive: (any EntryArchive)? = nil) throws(MimirError) {
    generation = OpenFiles.generation
    inbox = try Inbox(limit: options.maxQueueBytes)
    run = try Self.makeRun()
    let sockets = try PublisherSockets(options)
    (pushPort, routerPort) = (sockets.pushPort, sockets.routerPort)
    let loop = try sockets.makeLoop(
      options, run: run, inbox: inbox, archive: archive, counters: counters)
    let box = Box(loop)
    let started = BackgroundThread.start(name: "mimir-publish") { [ended] in
      // The sockets, and the context, end here, before anyone is told so.
      box.take()?.run()
      ended.signal()
    }
    thread = Locked(started)
    guard started != nil else {
      _ = box.take()
      throw MimirError(.outOfMemory, "the system has no thread for the publisher")
    }
  }

  /// Hands an entry over: its number, and its JSON without newline. False when it was dropped.
  @discardableResult
  package func publish(_ sequence: UInt64, _ text: UnsafeRawBufferPointer) -> Bool {
    generation == OpenFiles.generation && inbox.put(sequence, text)
  }

  package var statistics: Statistics {
    Statistics(
      dropped: inbox.dropped, skipped: counters.skipped, requests: counters.requests,
      ignored: counters.ignored)
  }

  /// Sends what waits, for `deadline` milliseconds at the most. In a forked child it does nothing.
  package func close(deadline: Int = 1000) {
    guard generation == OpenFiles.generation else { return }
    let thread = thread.withLockUnchecked { thread -> pthread_t? in
      defer { thread = nil }
      return thread
    }
    guard let thread else { return }
    inbox.stop()
    if ended.wait(milliseconds: deadline) {
      pthread_join(thread, nil)
    } else {
      pthread_detach(thread)
    }
  }

  deinit { close() }

  private static func makeRun() throws(MimirError) -> String {
    var bytes = [UInt8](repeating: 0, count: 16)
    guard getrandom(&bytes, bytes.count, 0) == bytes.count else {
      throw MimirError(.io, "the system has no random numbers for the run's id")
    }
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
