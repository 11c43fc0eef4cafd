import CZmq
import Glibc
import MimirBase

/// What the publisher's thread does. Only it touches the sockets.
final class PublisherLoop {
  /// Bytes that may wait in libzmq for all viewers together.
  private static let mostOnTheirWay = 64 << 20
  /// How often a thread that has just been busy looks again before it sleeps: being woken costs the
  /// one who logs more than this costs.
  private static let looks = 20

  private let inbox: Inbox
  private let pub: Socket
  private let gauge: Gauge
  private let service: Service?
  private let gate: Gate?
  private let archive: ArchiveThread?
  private let counters: PublisherCounters
  private var poller = Poller()
  private var late = ByteBuffer()

  init(
    inbox: Inbox, pub: consuming Socket, service: Service?, gate: Gate?, archive: ArchiveThread?,
    counters: PublisherCounters
  ) throws(MimirError) {
    self.inbox = inbox
    self.pub = pub
    self.service = service
    self.gate = gate
    self.archive = archive
    self.counters = counters
    gauge = try Gauge()
    service?.beforeAnswering = { [unowned self] in publishLate() }
    watch()
  }

  private func watch() {
    poller = Poller()
    poller.add(descriptor: inbox.bell)
    poller.add(sending: pub)
    service?.add(to: &poller)
    gate?.add(to: &poller)
  }

  /// Until it is stopped, and all that was logged before is sent.
  func run() {
    var batch = ByteBuffer()
    var idle = 0
    while true {
      let stopped = inbox.take(&batch)
      var busy = !batch.isEmpty
      publish(batch.bytes)
      batch.truncate(to: 0)
      batch.shrink(to: 4 << 20)
      if stopped, !busy { break }
      if gate?.serve() == true { busy = true }
      if service?.serve() == true { busy = true }
      let waits = service?.pump() == true
      note()
      if busy {
        idle = 0
        continue
      }
      idle += 1
      if idle < Self.looks {
        sched_yield()
      } else if inbox.mayWait() {
        if service?.hasNewSocket() == true { watch() }
        poller.wait(waits ? 1 : service?.isClosed == true ? 50 : -1)
        inbox.awake()
      }
    }
    archive?.stop()
    note()
  }

  private func publishLate() {
    _ = inbox.take(&late)
    publish(late.bytes)
    late.truncate(to: 0)
    late.shrink(to: 1 << 20)
  }

  private func publish(_ batch: UnsafeRawBufferPointer) {
    var position = 0
    if !batch.isEmpty { pub.refresh() }
    while position < batch.count {
      let sequence = batch.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      let count = Int(batch.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self))
      let start = position + Inbox.headerSize
      let text = UnsafeRawBufferPointer(rebasing: batch[start..<(start + count)])
      position = start + count
      // Viewers see the jump, and ask for what is missing.
      if gauge.bytes < Self.mostOnTheirWay {
        var digits = Digits(sequence)
        _ = digits.withBytes { pub.send($0, more: true) }
        _ = pub.send(text, more: false, countingAt: gauge)
      } else {
        counters.add(skipped: 1)
      }
      service?.store.add(sequence, text)
    }
  }

  private func note() {
    guard let service else { return }
    counters.set(requests: service.requests, ignored: service.ignored)
  }
}
