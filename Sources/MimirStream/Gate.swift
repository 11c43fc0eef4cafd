import CZmq
import MimirBase

/// Says who may connect: libzmq asks it (ZAP, RFC 27) for each connection of a socket with keys.
/// Without it, anyone who knows the publisher's public key would be let in.
final class Gate {
  static let domain = Array("mimir".utf8)

  private let socket: Socket
  private let authorized: AuthorizedKeys
  private var message = Message()

  /// Before the sockets that it guards are bound.
  init(_ authorized: AuthorizedKeys, in context: StreamContext) throws(MimirError) {
    self.authorized = authorized
    socket = try Socket(ZMQ_REP, in: context, linger: 0)
    _ = try socket.bind("inproc://zeromq.zap.01")
  }

  func add(to poller: inout Poller) { poller.add(socket) }

  /// Returns whether there was a question.
  func serve() -> Bool {
    var asked = false
    while message.receive(from: socket) {
      asked = true
      // Version, request id, domain, address, identity, mechanism, credentials.
      let admitted =
        message.count == 7 && message[0].elementsEqual("1.0".utf8)
        && message[5].elementsEqual("CURVE".utf8) && authorized.admit(message[6])
      socket.send("1.0", more: true)
      socket.send(message[1], more: true)
      socket.send(admitted ? "200" : "400", more: true)
      socket.send(admitted ? "OK" : "not an authorized key", more: true)
      socket.send("", more: true)
      socket.send("")
    }
    return asked
  }
}
