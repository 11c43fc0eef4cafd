import CZmq
import MimirBase

/// A client's key pair, and the public key of the publisher or server that it connects to.
struct ClientKeys {
  let publicKey: [UInt8]
  let secretKey: [UInt8]
  let serverKey: [UInt8]

  /// nil when neither is given.
  init?(keyFile: String?, serverKey: String?) throws(MimirError) {
    switch (keyFile, serverKey) {
    case (nil, nil): return nil
    case (let file?, let server?):
      let key = try KeyFile.pair(file)
      publicKey = KeyFile.binary(key.publicKey) ?? []
      secretKey = key.secretKey.flatMap(KeyFile.binary) ?? []
      self.serverKey = KeyFile.binary(try KeyFile.publicKey(server)) ?? []
    default:
      throw MimirError(
        .invalidArgument, "a key file and the server's public key go together; give both")
    }
  }

  func apply(to socket: borrowing Socket) throws(MimirError) {
    try socket.set(ZMQ_CURVE_SERVERKEY, text: serverKey, "cannot use the server's public key")
    try socket.set(ZMQ_CURVE_PUBLICKEY, text: publicKey, "cannot use the key file")
    try socket.set(ZMQ_CURVE_SECRETKEY, text: secretKey, "cannot use the key file")
  }
}
