import ArgumentParser
import Mimir
import MimirBase
import MimirJSON

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Verify logs: structure, checksums, and that each line is an entry.",
    discussion: """
      Says of each log whether it is all right, or what is wrong and what to do. Exit status 2 when \
      anything is wrong.
      """)

  @Argument(help: "The logs, plain or .gz; - for standard input.", completion: .file())
  var logs: [String]

  @Flag(name: .shortAndLong, help: "Say nothing of logs that are all right.")
  var quiet = false

  @Flag(help: "Print one JSON object for each log.")
  var json = false

  func run() throws {
    try Logs.each(logs) { source in
      let verdict = try Verdict(on: source)
      if !(quiet && verdict.isGood) {
        try StandardOutput.shared.line(json ? verdict.json : verdict.text)
      }
      return verdict.isGood ? nil : .incomplete
    }
  }
}
