import ArgumentParser
import Mimir
import MimirBase

/// Goes through the logs of a command line, and on with the next one when one can't be read.
enum Logs {
  /// - Parameter body: returns how it ended: nil when all was well.
  /// - Throws: the worst exit status, once all were gone through.
  static func each(_ names: [String], _ body: (LogSource) throws -> ExitStatus?) throws {
    var worst: ExitStatus?
    for name in names {
      var source: LogSource?
      do {
        let opened = try LogSource(name)
        source = opened
        guard let status = try body(opened) else { continue }
        if worst != .failure { worst = status }
      } catch let error as MimirError {
        if StandardOutput.shared.hasFailed { throw error }
        try StandardOutput.shared.flush()
        StandardError.print("\(source?.named(error.message) ?? error.message)")
        worst = .failure
      }
    }
    if let worst { throw worst.error }
  }
}

extension LogReader.Report {
  /// Says on standard error what was left out, if anything was.
  func tell(about source: LogSource) throws(MimirError) -> ExitStatus? {
    guard isIncomplete else { return nil }
    try StandardOutput.shared.flush()
    let advice =
      damaged && !source.isStandardInput
      ? "; save what can be read with `mimir repair \(source.name)`" : ""
    StandardError.print("\(source.named(description))\(advice)")
    return .incomplete
  }
}
