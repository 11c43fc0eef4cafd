import Glibc
import MimirBase
import MimirIO

/// What the threads of a `ChunkPool` share. Pieces of the file are handed out in order, and taken in
/// order; the slots between go round.
final class ChunkWork: @unchecked Sendable {
  private static let largestPiece = 4 << 20
  private static let largestText = 8 << 20
  private static let windowSize = 512 << 10

  private final class Slot {
    var chunk = ChunkPool.Chunk(start: 0, end: 0, crc: 0)
    var piece = ByteBuffer()
    var text = ByteBuffer()
    var isDone = false
    var isChunk = false
  }

  private let bytes: LogBytes
  private let limit: Int
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  // Guarded by the mutex; a slot that is handed out and not done belongs to its thread.
  private let slots: [Slot]
  private var handedOut = 0
  private var taken = 0
  private var exhausted = false
  private var stopped = false
  private var window = ByteBuffer()
  private var windowOffset: Int
  /// In the window: of the next piece.
  private var start = 0

  init(_ bytes: LogBytes, from start: Int, to limit: Int, slots: Int) {
    self.bytes = bytes
    self.limit = limit
    windowOffset = start
    self.slots = (0..<slots).map { _ in Slot() }
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  func stop() {
    pthread_mutex_lock(mutex)
    stopped = true
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }

  func take(into out: inout ByteBuffer) -> ChunkPool.Chunk? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    let slot = slots[taken % slots.count]
    while !(taken < handedOut && slot.isDone) {
      if exhausted && taken == handedOut { return nil }
      pthread_cond_wait(changed, mutex)
    }
    guard slot.isChunk else { return nil }
    swap(&out, &slot.text)
    taken += 1
    pthread_cond_broadcast(changed)
    return slot.chunk
  }

  func run() {
    guard var inflater = try? ChunkInflater() else { return giveUp() }
    while let slot = nextPiece() {
      let isChunk = inflater.inflate(slot.piece.bytes, into: &slot.text, limit: Self.largestText)
      if isChunk { slot.chunk.crc = CRC32.update(0, slot.text.bytes) }
      pthread_mutex_lock(mutex)
      slot.isChunk = isChunk
      slot.isDone = true
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(mutex)
    }
  }

  private func giveUp() {
    pthread_mutex_lock(mutex)
    exhausted = true
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }

  private func nextPiece() -> Slot? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !stopped && !exhausted && handedOut - taken == slots.count {
      pthread_cond_wait(changed, mutex)
    }
    guard !stopped, !exhausted, let length = (try? pieceLength()) ?? nil else {
      exhausted = true
      pthread_cond_broadcast(changed)
      return nil
    }
    let slot = slots[handedOut % slots.count]
    handedOut += 1
    let offset = windowOffset + start
    slot.chunk = ChunkPool.Chunk(start: offset, end: offset + length, crc: 0)
    slot.piece.truncate(to: 0)
    slot.piece.append(UnsafeRawBufferPointer(rebasing: window.bytes[start..<(start + length)]))
    slot.isDone = false
    start += length
    return slot
  }

  /// How long the piece at `start` is, which is in the window then; nil when there is none.
  private func pieceLength() throws(MimirError) -> Int? {
    var searched = start
    while true {
      if let end = ChunkMarker.first(in: window.bytes, after: searched) { return end - start }
      guard window.count - start < Self.largestPiece else { return nil }
      window.removeFirst(start)
      windowOffset += start
      start = 0
      searched = max(window.count - ChunkMarker.size + 1, 0)
      let offset = windowOffset + window.count
      let known = window.count
      try bytes.read(min(Self.windowSize, limit - offset), at: offset, into: &window)
      if window.count == known { return nil }
    }
  }
}
