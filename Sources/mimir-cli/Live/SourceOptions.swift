import ArgumentParser
import Mimir
import MimirBase
import MimirStream

/// What commands that follow a log or a stream have in common.
struct SourceOptions: ParsableArguments {
  @Argument(
    help: "A log file, or the live stream of a run: tcp://HOST[:PORT] or ipc://PATH.",
    completion: .file())
  var log: String

  @Option(
    help: ArgumentHelp(
      "The stream's port for the past, 0 if it has none (default: one below PORT, so 5556).",
      valueName: "port"))
  var routerPort: Int?

  @Option(
    help: ArgumentHelp(
      "This viewer's key pair (see mimir keygen), for a stream with keys.", valueName: "file"),
    completion: .file())
  var keyFile: String?

  @Option(
    help: ArgumentHelp("The publisher's public key, for a stream with keys.", valueName: "file"),
    completion: .file())
  var serverKey: String?

  @Option(
    help: ArgumentHelp(
      "How long to wait for a log or stream that is not there yet (default: for ever).",
      valueName: "seconds"))
  var timeout: Double?

  func validate() throws {
    if let timeout, !(timeout >= 0 && timeout <= 1e9) {
      throw ValidationError("--timeout is \(timeout); it is a number of seconds, 0 or more")
    }
    if let routerPort, !(0...65_535).contains(routerPort) {
      throw ValidationError("--router-port is \(routerPort); it is a port, or 0 for none")
    }
    if case .file = try SourceAddress(log), routerPort != nil || keyFile != nil || serverKey != nil
    {
      throw ValidationError(
        "\(log) is a file; ports and keys are for streams, tcp://HOST or ipc://PATH")
    }
  }

  /// - Parameter last: with how many entries of the past to begin; nil for all.
  /// - Parameter follows: whether a file that is not there yet is waited for.
  func open(last: Int?, follows: Bool) throws -> any EntrySource {
    switch try SourceAddress(log) {
    case .file(let path): return try FileSource(path, last: last, follows: follows)
    case .stream(let host, let port):
      var options = Subscriber.Options()
      options.host = host
      options.pushPort = port
      options.routerPort = routerPort ?? port - 1
      options.past = last.map { .last(UInt64(clamping: $0)) } ?? .all
      options.keyFile = keyFile
      options.serverKey = serverKey
      return try StreamSource(options, name: log)
    }
  }
}
