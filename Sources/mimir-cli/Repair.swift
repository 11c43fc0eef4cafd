import ArgumentParser
import Mimir
import MimirBase
import MimirJSON

struct Repair: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Save what can be read of a damaged log.",
    discussion: """
      The log then holds the whole entries, in their order; the damaged file stays beside it as \
      NAME.damaged. A log with nothing wrong is not changed. Exit status 2 when anything was left out.
      """)

  @Argument(help: "The logs, plain or .gz.", completion: .file())
  var logs: [String]

  @Flag(help: "Print one JSON object for each log.")
  var json = false

  func validate() throws {
    guard !logs.contains("-") else {
      throw ValidationError("standard input can't be repaired; give the log's name")
    }
  }

  func run() throws {
    try Logs.each(logs) { source in
      let report = try LogFiles.repair(source.path)
      try StandardOutput.shared.line(json ? object(source, report) : text(source, report))
      let lost = report.linesLeftOut > 0 || report.bytesLeftOut > 0 || report.uncertainEntries > 0
      return lost ? .incomplete : nil
    }
  }

  private func text(_ source: LogSource, _ report: RepairReport) -> String {
    let entries = Text.count(report.entries, "entry", "entries")
    if report.healthy { return "\(source.name): nothing is wrong, and nothing was changed" }
    var parts = ["\(source.name): saved \(entries)"]
    if report.uncertainEntries > 0 {
      parts.append(
        "\(Text.grouped(report.uncertainEntries)) of them are from a damaged stretch and may be wrong"
      )
    }
    if report.linesLeftOut > 0 || report.bytesLeftOut > 0 {
      parts.append(
        "left out \(Text.count(report.linesLeftOut, "line", "lines")) that "
          + "\(report.linesLeftOut == 1 ? "is" : "are") no whole "
          + "\(report.linesLeftOut == 1 ? "entry" : "entries"), "
          + Text.count(report.bytesLeftOut, "byte", "bytes") + " in all")
    }
    if let original = report.original { parts.append("the damaged file is now \(original)") }
    return parts.joined(separator: "; ")
  }

  private func object(_ source: LogSource, _ report: RepairReport) -> String {
    let object: JSONObject = [
      "log": .string(source.name),
      "healthy": .bool(report.healthy),
      "entries": JSONValue(report.entries),
      "uncertain_entries": JSONValue(report.uncertainEntries),
      "lines_left_out": JSONValue(report.linesLeftOut),
      "bytes_left_out": JSONValue(report.bytesLeftOut),
      "original": report.original.map { .string($0) } ?? .null,
    ]
    return JSONValue.object(object).description
  }
}
