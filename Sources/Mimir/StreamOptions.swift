import MimirStream

/// How a logger publishes its entries. See docs/protocol.md.
public struct StreamOptions: Sendable {
  /// How many entries are held for viewers that come late: 0 none, and they can't ask for any;
  /// `Int.max` all. What has left memory is read back from the log file, if the logger has one.
  public var maxlen = 0
  /// The address to bind to: this machine only, unless another one is given; or `ipc://PATH`.
  public var bind = "127.0.0.1"
  /// TCP ports; 0 picks a free one, which `Logger.pushPort` and `Logger.routerPort` tell.
  public var pushPort = 5557
  public var routerPort = 5556
  /// A file with this publisher's key pair (`mimir keygen`), and a folder with the public keys of those
  /// who may connect.
  public var keyFile: String?
  public var authorizedKeys: String?
  /// Allows an address that others can reach, without keys.
  public var insecure = false

  public init(maxlen: Int = 0) { self.maxlen = maxlen }

  var publisher: Publisher.Options {
    var options = Publisher.Options()
    options.maxlen = maxlen
    options.bind = bind
    options.pushPort = pushPort
    options.routerPort = routerPort
    options.keyFile = keyFile
    options.authorizedKeys = authorizedKeys
    options.insecure = insecure
    return options
  }
}
