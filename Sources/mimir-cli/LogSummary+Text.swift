import Mimir
import MimirGzip

/// A log's summary for people.
extension LogSummary {
  var lines: [String] {
    var lines = [Paint.bold.paint(source.name)]
    lines.append("  state    \(stateText)")
    lines.append("  format   \(formatText)")
    lines.append("  entries  \(Text.grouped(report.entries))")
    if let span { lines.append("  time     \(span.text)") }
    guard !keys.isEmpty else { return lines }
    lines.append("")
    return lines + keyTable.lines(indent: "  ")
  }

  private var stateText: String {
    switch condition {
    case .complete: Paint.green.paint("complete")
    case .live: Paint.green.paint("being written") + writersText
    case .interrupted:
      Paint.yellow.paint("interrupted")
        + ": its writer was killed within a compaction; nothing is lost"
    case .torn: Paint.yellow.paint("torn") + ": it ends within an entry"
    case .damaged: Paint.red.paint("damaged") + (state.isBeingWritten ? ", being written" : "")
    }
  }

  private var writersText: String {
    guard let first = state.writers.first else { return "" }
    return state.writers.count == 1
      ? " by the process with pid \(first)"
      : " by the processes with pids \(state.writers.joined(separator: ", "))"
  }

  private var formatText: String {
    let size = Text.bytes(state.size)
    let name =
      switch state.format {
      case .plain: "JSON Lines"
      case .log: "gzip log"
      case .foreign: "gzip of another program"
      }
    guard state.format != .plain, state.size > 0, textBytes > 0 else { return "\(name), \(size)" }
    let ratio = Text.format(Double(textBytes) / Double(state.size), "%.3g")
    return "\(name), \(size); \(Text.bytes(textBytes)) of text, \(ratio) times that"
  }

  private var keyTable: Table {
    let hasNull = keys.contains { $0.summary.count(.null) > 0 }
    let hasNaN = keys.contains { $0.summary.nan + $0.summary.infinite > 0 }
    var columns: [(title: String, alignment: Table.Alignment)] = [
      ("key", .left), ("type", .left), ("entries", .right),
    ]
    if hasNull { columns.append(("null", .right)) }
    if hasNaN { columns.append(("NaN, inf", .right)) }
    columns += [("min", .right), ("max", .right)]
    var table = Table(columns)
    for (name, summary) in keys {
      var row = [Text.printable(name), summary.kinds.map(\.name).joined(separator: ", ")]
      row.append(Text.grouped(summary.entries))
      if hasNull { row.append(Self.unlessZero(summary.count(.null))) }
      if hasNaN { row.append(Self.unlessZero(summary.nan + summary.infinite)) }
      row += [Self.shown(summary.range.min), Self.shown(summary.range.max)]
      table.add(row)
    }
    return table
  }

  private static func unlessZero(_ count: UInt64) -> String {
    count == 0 ? "" : Text.grouped(count)
  }

  private static func shown(_ extreme: NumberRange.Extreme?) -> String {
    guard let extreme else { return "" }
    return extreme.text.count <= 14 ? extreme.text : Text.short(extreme.value)
  }
}
