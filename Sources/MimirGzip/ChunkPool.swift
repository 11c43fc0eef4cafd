import Glibc
import MimirBase
import MimirIO

/// Inflates chunks on several threads, a few ahead of the one that is wanted.
///
/// Gives up at the first piece that turns out to be no chunk of ordinary size: such are few.
final class ChunkPool {
  struct Chunk {
    var start: Int
    var end: Int
    var crc: UInt32
  }

  /// Less than this is inflated sooner than threads are started.
  private static let worthwhile = 1 << 20
  private static let mostThreads = 4

  private let work: ChunkWork
  private let threads: [pthread_t]
  private let generation = OpenFiles.generation

  /// nil when it is not worth it, or there is no second processor.
  init?(_ bytes: LogBytes, from start: Int, to limit: Int) {
    let count = min(Processors.available, Self.mostThreads)
    guard limit - start >= Self.worthwhile, count > 1 else { return nil }
    let work = ChunkWork(bytes, from: start, to: limit, slots: 2 * count)
    threads = (0..<count).compactMap { _ in
      BackgroundThread.start(name: "mimir-inflate") { work.run() }
    }
    self.work = work
    if threads.isEmpty { return nil }
  }

  deinit {
    // In a forked child there are no such threads.
    guard generation == OpenFiles.generation else { return }
    work.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Exchanges `out` for the text of the next chunk; nil when that was none, or no more come.
  func take(into out: inout ByteBuffer) -> Chunk? {
    generation == OpenFiles.generation ? work.take(into: &out) : nil
  }
}

enum Processors {
  /// How many this process may use.
  static let available: Int = {
    var set = [UInt64](repeating: 0, count: 128)
    let count = affinity(0, set.count * MemoryLayout<UInt64>.size, &set)
    return count < 0 ? 1 : set.reduce(0) { $0 + $1.nonzeroBitCount }
  }()
}

// From <sched.h>, where Swift's importer does not see it.
@_silgen_name("sched_getaffinity") private func affinity(
  _ process: Int32, _ size: Int, _ set: UnsafeMutablePointer<UInt64>
) -> Int32
