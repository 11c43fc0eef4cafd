import Mimir
import MimirBase
import MimirGzip
import MimirJSON

/// What a check of a log has found.
struct Verdict {
  private let source: LogSource
  private let condition: LogCondition
  private let report: LogReader.Report
  private let problem: String?
  private let advice: String?

  /// Reads the whole log.
  init(on source: LogSource) throws(MimirError) {
    self.source = source
    let reader = try LogReader(source.path)
    let before = try source.state()
    let progress = Progress(source.name, total: before.size)
    while try reader.nextBytes() != nil { progress.update(reader.position) }
    progress.end()
    report = reader.report
    var state = before
    var condition = LogCondition(state, report)
    // As every other gzip reader sees it: one pass more. Not while it changes.
    if condition == .complete, state.format != .plain, try !GzipRepair.isSound(source.path) {
      state = try source.state()
      condition = state.isBeingWritten ? .live : .damaged
    }
    self.condition = condition
    problem = Self.problem(of: source, condition, report)
    advice = problem.flatMap { _ in Self.advice(for: source, condition, state) }
  }

  var isGood: Bool { problem == nil }

  private static func problem(
    of source: LogSource, _ condition: LogCondition, _ report: LogReader.Report
  ) -> String? {
    if report.isIncomplete { return source.named(report.description) }
    switch condition {
    case .complete, .live, .torn: return nil
    case .interrupted:
      return
        "the writer of \(source.name) was killed within a compaction; nothing is lost, but other "
        + "programs may not be able to read it"
    case .damaged:
      return "\(source.name) is damaged: its end or its checksum is not right for gzip, and other "
        + "programs may refuse it"
    }
  }

  private static func advice(
    for source: LogSource, _ condition: LogCondition, _ state: LogState
  ) -> String? {
    if state.isBeingWritten { return "its writer goes on; check it again when that has ended" }
    if source.isStandardInput { return nil }
    let repair = "`mimir repair \(source.name)`"
    switch condition {
    case .damaged: return "save what can be read with \(repair)"
    case .torn, .interrupted:
      return "the next logger that opens it mends that, and so does \(repair)"
    case .complete, .live:
      return state.format == .plain ? "\(repair) takes them out" : nil
    }
  }

  var text: String {
    let entries = Text.count(report.entries, "entry", "entries")
    guard let problem else {
      let note = condition == .live ? ", being written" : ""
      return "\(source.name): \(Paint.green.paint("ok")), \(entries)\(note)"
    }
    let advice = advice.map { "; \($0)" } ?? ""
    return "\(source.name): \(Paint.red.paint("not ok")), \(entries): \(problem)\(advice)"
  }

  var json: String {
    let object: JSONObject = [
      "log": .string(source.name),
      "ok": .bool(isGood),
      "state": .string(condition.rawValue),
      "entries": JSONValue(report.entries),
      "skipped_lines": JSONValue(report.skippedLines),
      "skipped_bytes": JSONValue(report.skippedBytes),
      "problem": problem.map { .string($0) } ?? .null,
      "advice": advice.map { .string($0) } ?? .null,
    ]
    return JSONValue.object(object).description
  }
}
