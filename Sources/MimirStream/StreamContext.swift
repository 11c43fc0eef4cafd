import CZmq
import MimirBase
import MimirIO

/// A libzmq context, with one I/O thread. It ends after all its sockets.
final class StreamContext: @unchecked Sendable {
  let raw: UnsafeMutableRawPointer
  let generation: Int

  init() throws(MimirError) {
    guard let raw = zmq_ctx_new() else { throw .zmq(zmq_errno(), "cannot make a ZeroMQ context") }
    self.raw = raw
    generation = OpenFiles.generation
  }

  deinit {
    // It does not survive a fork: in the child its threads are missing, and ending it would hang.
    guard generation == OpenFiles.generation else { return }
    while zmq_ctx_term(raw) != 0, zmq_errno() == EINTR {}
  }
}

extension MimirError {
  /// What libzmq's error numbers mean here.
  static func zmq(_ number: Int32, _ what: String) -> MimirError {
    let reason = String(cString: zmq_strerror(number))
    switch number {
    case EADDRINUSE:
      return MimirError(
        .addressInUse, "\(what): the address is in use; pick another port, or 0 for a free one")
    case EADDRNOTAVAIL, ENODEV:
      return MimirError(
        .network, "\(what): this machine has no such address; bind to one it has, or to *")
    case EINVAL:
      return MimirError(.invalidArgument, "\(what): not a valid address")
    case EACCES: return MimirError(.permission, "\(what): \(reason)")
    case ENOMEM: return MimirError(.outOfMemory, "\(what): \(reason)")
    case EMFILE: return MimirError(.network, "\(what): too many open files or sockets")
    case ENOTSUP, EPROTONOSUPPORT:
      return MimirError(.unsupported, "\(what): this libzmq does not support it")
    default: return MimirError(.network, "\(what): \(reason)")
    }
  }
}
