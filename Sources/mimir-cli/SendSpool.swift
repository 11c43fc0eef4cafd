import ArgumentParser
import Mimir
import MimirBase
import MimirJSON

struct SendSpool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send-spool",
    abstract: "Send what remote loggers that are gone have left behind.",
    discussion: """
      Remote loggers keep entries that the server does not have in a spool folder; the next one on the \
      machine sends them, or this command. Each entry is stored once, whoever sends it. Exit status 1 \
      when entries are left, 2 when the server has refused some.
      """)

  @Argument(
    help: "The spool folder; without it, the loggers' own: ~/.local/state/mimir/spool.",
    completion: .directory)
  var folder: String?

  @Option(help: "The server's name or address, or ipc://PATH.")
  var host = "localhost"

  @Option(help: "The server's port.")
  var port = 5555

  @Option(help: "A file with a key pair, made by mimir keygen.", completion: .file())
  var keyFile: String?

  @Option(help: "A file with the server's public key.", completion: .file())
  var serverKey: String?

  @Option(help: "The name under which to connect.")
  var name: String?

  @Option(
    help: ArgumentHelp(
      "Give up after so many seconds; without it, when a spool makes no progress for 20.",
      valueName: "seconds"))
  var timeout: Double?

  @Flag(help: "Print a JSON object.")
  var json = false

  func validate() throws {
    guard (1...65_535).contains(port) else {
      throw ValidationError("--port is \(port); it must be 1 to 65535")
    }
    guard (keyFile == nil) == (serverKey == nil) else {
      throw ValidationError("--key-file and --server-key go together")
    }
    if let timeout, !(0...1e9).contains(timeout) {
      throw ValidationError("--timeout is \(timeout); it must be 0 to 1000000000 seconds")
    }
  }

  func run() throws {
    var options = RemoteLogger.Options()
    options.host = host
    options.port = port
    options.name = name
    options.spool = folder
    options.keyFile = keyFile
    options.serverKey = serverKey
    options.asksLauncher = false
    let report = try RemoteLogger.sendSpools(
      options, milliseconds: timeout.map { Int($0 * 1000) } ?? -1)
    try StandardOutput.shared.line(json ? object(report) : text(report))
    try StandardOutput.shared.flush()
    if report.left > 0 {
      let why = report.problem.isEmpty ? "the time is over" : report.problem
      StandardError.print(
        "\(Text.count(report.left, "entry is", "entries are")) still in the spool: \(why)")
      throw ExitStatus.failure.error
    }
    if report.refused > 0 { throw ExitStatus.incomplete.error }
  }

  private func text(_ report: SpoolReport) -> String {
    let place = host.hasPrefix("ipc://") ? host : "\(host):\(port)"
    var line =
      "sent \(Text.count(report.entries, "entry", "entries")) to \(place), "
      + "and \(Text.count(report.spools, "spool", "spools")) whole"
    if report.refused > 0 { line += "; it refused \(Text.grouped(report.refused)) of them" }
    if report.busy > 0 {
      line += "; \(Text.count(report.busy, "spool is", "spools are")) in use, and left alone"
    }
    return line
  }

  private func object(_ report: SpoolReport) -> String {
    let object: JSONObject = [
      "entries": JSONValue(report.entries),
      "spools": JSONValue(report.spools),
      "refused": JSONValue(report.refused),
      "left": JSONValue(report.left),
      "busy": JSONValue(report.busy),
      "problem": report.problem.isEmpty ? .null : .string(report.problem),
    ]
    return JSONValue.object(object).description
  }
}
