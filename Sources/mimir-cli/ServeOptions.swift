import ArgumentParser
import Mimir
import MimirBase

/// Where a server can be reached, and by whom.
struct ServePlace: ParsableArguments {
  @Option(help: "The address to bind to, or ipc://PATH.")
  var bind = "127.0.0.1"

  @Option(help: "The TCP port; 0 picks a free one.")
  var port = 5555

  @Option(help: "A file with the server's key pair, made by mimir keygen.", completion: .file())
  var keyFile: String?

  @Option(
    help: "A folder with the public keys of those who may connect.", completion: .directory)
  var authorizedKeys: String?

  @Flag(help: "Allow an address that others can reach, without keys.")
  var insecure = false

  func check() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port is \(port); it must be 0 to 65535")
    }
    guard (keyFile == nil) == (authorizedKeys == nil) else {
      throw ValidationError("--key-file and --authorized-keys go together")
    }
  }

  func address(_ port: Int) -> String {
    bind.hasPrefix("ipc://") ? bind : "tcp://\(bind.contains(":") ? "[\(bind)]" : bind):\(port)"
  }
}

/// How a server keeps its log.
struct ServeLogOptions: ParsableArguments {
  @Flag(help: "Bring each entry to the disk, so that it survives a power cut.")
  var durable = false

  @Flag(help: "Let other processes write the same log, if they too say so.")
  var shared = false

  @Option(
    help: ArgumentHelp(
      "Also log min, median and max of this member over the ranks, and the slowest rank.",
      valueName: "key"))
  var straggler: String?

  @Option(help: "With --straggler: for each N steps.")
  var every: Int?

  @Flag(help: "Publish each entry live, for mimir watch, tail and plot.")
  var stream = false

  @Option(help: "With --stream: the port that viewers subscribe to; 0 picks a free one.")
  var pushPort = 5557

  @Option(help: "With --stream: the port that viewers ask for the past; 0 picks a free one.")
  var routerPort = 5556

  func check() throws {
    for (name, port) in [("--push-port", pushPort), ("--router-port", routerPort)]
    where !(0...65_535).contains(port) {
      throw ValidationError("\(name) is \(port); it must be 0 to 65535")
    }
    if let every {
      guard straggler != nil else { throw ValidationError("--every needs --straggler") }
      guard every > 0 else { throw ValidationError("--every is \(every); it must be 1 or more") }
    }
  }

  func logger(_ log: String, _ place: ServePlace) -> Logger.Options {
    var options = Logger.Options(filename: log)
    options.durability = durable ? .system : .process
    options.shared = shared
    options.warnings = .callback { ServeStatus.warn($0.message) }
    guard stream else { return options }
    var published = StreamOptions(maxlen: 10_000)
    published.bind = place.bind
    published.pushPort = pushPort
    published.routerPort = routerPort
    published.keyFile = place.keyFile
    published.authorizedKeys = place.authorizedKeys
    published.insecure = place.insecure
    options.stream = published
    return options
  }

  func server(_ place: ServePlace) -> LogServer.Options {
    var options = LogServer.Options()
    options.bind = place.bind
    options.port = place.port
    options.keyFile = place.keyFile
    options.authorizedKeys = place.authorizedKeys
    options.insecure = place.insecure
    options.straggler = straggler.map { LogServer.Straggler(key: $0, every: every ?? 1) }
    return options
  }
}
