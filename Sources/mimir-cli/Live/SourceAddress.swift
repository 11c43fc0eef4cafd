import ArgumentParser

/// Where entries come from: a file, or the publisher of a run.
enum SourceAddress {
  static let defaultPort = 5557

  case file(String)
  /// The host is `ipc://PATH` where it is no network.
  case stream(host: String, port: Int)

  /// Everything but `tcp://` and `ipc://` is a path.
  init(_ text: String) throws {
    if text.hasPrefix("ipc://") {
      self = .stream(host: text, port: Self.defaultPort)
      return
    }
    guard text.hasPrefix("tcp://") else {
      self = .file(text)
      return
    }
    let address = text.dropFirst("tcp://".count)
    // An IPv6 address has colons of its own, and stands in brackets when a port follows it.
    let colon = address.lastIndex(of: ":").flatMap { colon in
      address.hasSuffix("]") || (address[..<colon].contains(":") && address.first != "[")
        ? nil : colon
    }
    let host = colon.map { address[..<$0] } ?? address
    let port = colon.map { Int(address[address.index(after: $0)...]) } ?? Self.defaultPort
    guard !host.isEmpty, let port, (1...65_535).contains(port) else {
      throw ValidationError("\(text) is no address; it is tcp://HOST or tcp://HOST:PORT")
    }
    self = .stream(host: String(host), port: port)
  }
}
