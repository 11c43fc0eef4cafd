import ArgumentParser
import Mimir
import MimirBase

struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell what logs hold: entries, keys with type and range, time, size, state.",
    discussion: """
      Members of members have dotted names, such as loss.train. The manual has the shape of --json.
      """)

  @Argument(help: "The logs, plain or .gz; - for standard input.", completion: .file())
  var logs: [String]

  @Flag(help: "Print one JSON object for each log.")
  var json = false

  func run() throws {
    var isFirst = true
    try Logs.each(logs) { source in
      let summary = try LogSummary(of: source)
      let out = StandardOutput.shared
      if json {
        try out.json(summary.json)
      } else {
        if !isFirst { try out.line("") }
        for line in summary.lines { try out.line(line) }
      }
      isFirst = false
      return try summary.report.tell(about: source)
    }
  }
}
