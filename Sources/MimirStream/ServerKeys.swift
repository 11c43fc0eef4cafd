import CZmq
import MimirBase

/// The key pair of a publisher or server, and whom it admits.
struct ServerKeys {
  let secret: [UInt8]
  let authorized: AuthorizedKeys

  /// nil when neither is given.
  init?(keyFile: String?, authorized: String?) throws(MimirError) {
    switch (keyFile, authorized) {
    case (nil, nil): return nil
    case (let file?, let folder?):
      let key = try KeyFile.pair(file)
      secret = key.secretKey.flatMap(KeyFile.binary) ?? []
      self.authorized = try AuthorizedKeys(folder)
    default:
      throw MimirError(
        .invalidArgument, "a key file and a folder of authorized keys go together; give both")
    }
  }

  func apply(to socket: borrowing Socket) throws(MimirError) {
    socket.set(ZMQ_CURVE_SERVER, 1)
    try socket.set(ZMQ_CURVE_SECRETKEY, text: secret, "cannot use the key file")
    try socket.set(ZMQ_ZAP_DOMAIN, text: Gate.domain, "cannot set the ZAP domain")
  }
}
