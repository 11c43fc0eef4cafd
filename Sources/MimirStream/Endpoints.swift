import Glibc
package import MimirBase

/// Where a publisher's sockets lie.
package struct Endpoints: Sendable {
  /// A host name or address, or `ipc://PATH`.
  let host: String

  package init(_ host: String) throws(MimirError) {
    if host.isEmpty || host.utf8.contains(where: { $0 <= 32 || $0 == 127 }) {
      throw MimirError(.invalidArgument, "the host is empty, or holds a space or control character")
    }
    self.host = host
  }

  var isIPC: Bool { host.hasPrefix("ipc://") }

  /// Whether only this machine can reach it.
  var isLoopback: Bool {
    isIPC || host == "localhost" || host == "::1" || host == "[::1]"
      || (host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." })
  }

  var isIPv6: Bool { !isIPC && host.contains(":") }

  /// An address that others can reach needs keys, or the word that it shall be so.
  func requireKeys(_ keyFile: String?, insecure: Bool) throws(MimirError) {
    guard isLoopback || keyFile != nil || insecure else {
      throw MimirError(
        .invalidArgument,
        "bind is \(host), which others can reach, and there are no keys: "
          + "give a key file and authorized keys, or allow it with insecure")
    }
  }

  /// `port` 0: a free one. Over `ipc://` the ROUTER's name is the PUB's with `.router`.
  func bindEndpoint(port: Int, isRouter: Bool) -> String {
    isIPC ? ipcEndpoint(isRouter) : "tcp://\(quoted):\(port == 0 ? "*" : String(port))"
  }

  func connectEndpoint(port: Int, isRouter: Bool) -> String {
    isIPC ? ipcEndpoint(isRouter) : "tcp://\(quoted):\(port)"
  }

  /// libzmq looks a name up when it connects, and says nothing when there is none such.
  func checkHost() throws(MimirError) {
    guard !isIPC else { return }
    var found: UnsafeMutablePointer<addrinfo>?
    let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    let result = getaddrinfo(name, nil, nil, &found)
    if let found { freeaddrinfo(found) }
    // Other failures (no name server just now) may pass.
    if result == EAI_NONAME {
      throw MimirError(.network, "there is no host \(host); give its name or address")
    }
  }

  private func ipcEndpoint(_ isRouter: Bool) -> String { isRouter ? host + ".router" : host }

  private var quoted: String { isIPv6 && !host.hasPrefix("[") ? "[\(host)]" : host }

  /// The port in an endpoint that libzmq tells; 0 for none.
  static func port(of endpoint: String) -> Int {
    guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return 0 }
    return Int(endpoint[endpoint.index(after: colon)...]) ?? 0
  }
}
