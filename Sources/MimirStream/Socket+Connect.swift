import CZmq
import MimirBase

extension Socket {
  /// What every socket that connects needs.
  func prepareToConnect(_ endpoints: Endpoints, largestMessage: Int64) {
    set(ZMQ_MAXMSGSIZE, size: largestMessage)
    giveUpDeadPeers()
    // After an outage the kernel would try again at ever longer intervals.
    set(ZMQ_CONNECT_TIMEOUT, 2000)
    set(ZMQ_RECONNECT_IVL, 100)
    set(ZMQ_RECONNECT_IVL_MAX, 1000)
    if endpoints.isIPv6 { set(ZMQ_IPV6, 1) }
  }

  /// The socket that tells what happens to this one's connections. `name`: not used before in the context.
  func monitor(
    _ events: Int32, _ name: String, in context: StreamContext
  ) throws(MimirError) -> Socket {
    let place = "inproc://mimir-monitor-\(name)"
    guard zmq_socket_monitor(raw, place, events) == 0 else {
      throw .zmq(zmq_errno(), "cannot watch the connection")
    }
    let monitor = try Socket(ZMQ_PAIR, in: context, linger: 0)
    // With a limit, libzmq's own thread would wait for whoever reads it, with a lock in its hand.
    monitor.set(ZMQ_RCVHWM, 0)
    try monitor.connect(place)
    return monitor
  }
}
