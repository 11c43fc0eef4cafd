import Glibc
import MimirBase
import MimirIO

/// The part of a compaction that needs no lock: reads stored blocks, which do not change, and
/// compresses their text into the journal.
final class CompactionWork: LogMaintenance {
  /// Text per chunk.
  static let chunkSize = 256 << 10
  static let level: Int32 = 6
  /// Microseconds for which a caller that waits for the lock gets ahead.
  private static let pauseTime: UInt32 = 100

  let identity: FileIdentity?
  let durable: Bool
  private let path: String
  private let shared: Bool
  private let system: any Syscalls
  private let file: FileDescriptor
  private let header: GzipHeader
  /// Where the tail begins.
  let start: TailWalk.Place
  /// Where it ended when the work began, or was extended.
  private(set) var stop: Int
  /// Behind what the chunks hold.
  private(set) var reached: TailWalk.Place
  private(set) var journalFile: JournalFile?
  private(set) var journal: Journal?
  private(set) var error: MimirError?
  /// Once the log has begun with it.
  var compaction: Compaction?
  /// Of a shared log: its journal's place is another writer's as much, until the lock is held.
  private var chunks = ByteBuffer()

  init(log: GzipLog) throws(MimirError) {
    path = log.location
    identity = log.identity
    durable = log.durable
    shared = log.shared
    system = log.system
    header = log.header
    start = TailWalk.Place(
      offset: header.tailOffset, length: header.prefixLength, crc: header.prefixCRC)
    stop = log.end.offset
    reached = start
    // A descriptor of its own: the log's may be closed or exchanged meanwhile.
    file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK, system: system)
    guard FileIdentity(try file.status(of: path)) == identity else {
      throw MimirError(.notFound, "\(path) is another file by now")
    }
  }

  /// Takes what came during the last run too.
  func extend(to end: Int) { stop = end }

  func isFor(_ header: GzipHeader) -> Bool {
    self.header.generation == header.generation && start.offset == header.tailOffset
  }

  package func run() {
    guard error == nil else { return }
    do throws(MimirError) {
      if !shared, journalFile == nil {
        journalFile = try JournalFile(newBeside: path, system: system)
      }
      try compress()
      if !shared { try completeJournal() }
    } catch {
      self.error = error
    }
  }

  private func compress() throws(MimirError) {
    var deflater = try Deflater(level: Self.level)
    var text = ByteBuffer(capacity: Self.chunkSize + (64 << 10))
    var walk = TailWalk(from: reached)
    var compressed = ByteBuffer()
    swap(&chunks, &compressed)
    _ = try walk.run(file, size: stop, path: path) { block throws(MimirError) in
      text.append(block)
      guard text.count >= Self.chunkSize, block.last == UInt8(ascii: "\n") else { return }
      try deflater.compress(text.bytes, to: &compressed)
      text.truncate(to: 0)
      guard let journalFile = self.journalFile else { return }
      try journalFile.append(compressed.bytes)
      compressed.truncate(to: 0)
    }
    guard walk.place.offset == stop else {
      throw MimirError(.corrupt, "the tail of \(path) could not be read back")
    }
    if !text.isEmpty { try deflater.compress(text.bytes, to: &compressed) }
    swap(&chunks, &compressed)
    reached = walk.place
  }

  /// Of a shared log: with the lock held.
  func completeJournal() throws(MimirError) {
    let file: JournalFile
    if let known = journalFile {
      file = known
    } else {
      file = try JournalFile(newBeside: path, system: system)
      journalFile = file
    }
    try file.append(chunks.bytes)
    chunks.truncate(to: 0)
    var next = header
    next.compacting = false
    next.generation &+= 1
    next.tailOffset = start.offset + file.length
    next.prefixLength = reached.length
    next.prefixCRC = reached.crc
    let journal = Journal(
      generation: header.generation, offset: start.offset, length: file.length,
      restOffset: stop, header: next, crc: file.crc)
    try file.complete(journal, durable: durable)
    self.journal = journal
  }

  package func pause() {
    // What was written in place goes to the disk now, so that little is left to do when the lock is
    // held. An error shows again at the log's own descriptor.
    if durable { _ = file.synchronizeData() }
    usleep(Self.pauseTime)
  }

  package func end() {
    // One that can't be removed does no harm: see Journal.isPending.
    if !shared, compaction?.done ?? true { try? journalFile?.remove() }
  }
}
