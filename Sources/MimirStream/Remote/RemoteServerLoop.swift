import CZmq
import MimirBase
import MimirIO
import Synchronization

/// What the server's thread does. Only it touches the sockets.
final class RemoteServerLoop {
  /// Milliseconds for which what is still on its way is waited for at the end.
  private static let farewell = 50

  private let context: StreamContext
  private let service: RemoteService
  private let gate: Gate?
  private let stop: Doorbell
  private let monitor: RouterMonitor
  private let tickInterval: Int
  private var poller = Poller()
  private var message = Message()
  private var tickedAt = Clock.milliseconds()

  init(
    _ context: StreamContext, _ service: RemoteService, _ gate: Gate?, _ stop: Doorbell,
    _ monitor: RouterMonitor
  ) {
    self.context = context
    self.service = service
    self.gate = gate
    self.stop = stop
    tickInterval = min(500, max(service.options.clientTimeout / 4, 1))
    self.monitor = monitor
  }

  func run() {
    var endsAt: Int?
    while true {
      if service.router.takeNews() { renewPoller() }
      var busy = gate?.serve() == true
      // Before messages: by then a connection's number may be another one's.
      while monitor.receive(into: &message) { takeEvent() }
      if service.receive() { busy = true }
      if service.store() { busy = true }
      if service.now - tickedAt >= tickInterval {
        tickedAt = service.now
        service.tick()
      }
      if stop.isStopped, endsAt == nil { endsAt = service.now + Self.farewell }
      if let endsAt, !busy || service.now >= endsAt { break }
      guard !busy else { continue }
      let isWaiting = !service.router.isOpen || service.retryAt != nil
      poller.wait(endsAt != nil ? 1 : isWaiting ? 50 : tickInterval)
      stop.clear()
    }
    service.endStraggler()
    _ = service.settle()
  }

  private func renewPoller() {
    poller = Poller()
    poller.add(descriptor: stop.bell)
    service.router.add(to: &poller)
    gate?.add(to: &poller)
    monitor.add(to: &poller)
  }

  private func takeEvent() {
    guard message[0].count >= 6,
      Int32(message[0].loadUnaligned(as: UInt16.self)) == ZMQ_EVENT_DISCONNECTED
    else { return }
    let descriptor = message[0].loadUnaligned(fromByteOffset: 2, as: Int32.self)
    if descriptor >= 0 { service.disconnected(descriptor) }
  }
}
