import CZmq
import MimirBase

/// Tells which connections of a ROUTER have ended.
final class RouterMonitor {
  private let context: StreamContext
  private var monitor: Socket?
  private var renewals = 0

  init(_ context: StreamContext) { self.context = context }

  /// Watches this one, and none that was there before it.
  func watch(_ socket: borrowing Socket) throws(MimirError) {
    renewals += 1
    monitor = try socket.monitor(ZMQ_EVENT_DISCONNECTED, "router-\(renewals)", in: context)
  }

  func add(to poller: inout Poller) {
    switch monitor {
    case .none: break
    case .some(let monitor): poller.add(monitor)
    }
  }

  func receive(into message: inout Message) -> Bool {
    switch monitor {
    case .none: false
    case .some(let monitor): message.receive(from: monitor)
    }
  }
}
