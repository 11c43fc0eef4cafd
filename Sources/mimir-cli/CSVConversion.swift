import Mimir
import MimirBase
import MimirGzip

/// Writes a log as CSV: once through it for the columns, once more for the rows.
enum CSVConversion {
  static func run(
    _ source: LogSource, into output: any EntryTarget
  ) throws(MimirError) -> LogReader.Report {
    let progress = Progress(source.name, total: 2 * (try source.state().size))
    defer { progress.end() }
    let tree = KeyTree()
    var entries: UInt64 = 0
    var (reader, read) = (try LogReader(source.path), 0)
    while let entry = try reader.nextBytes() {
      tree.walk(entry) { _, _ in }
      entries += 1
      read = reader.position
      progress.update(read)
    }
    let report = reader.report
    // A log without entries has no columns, and an empty line would be a row to some readers.
    guard !tree.names.isEmpty else { return report }

    var row = CSVRow(columns: tree.names.count)
    try output.append(line: row.header(tree.names))
    reader = try LogReader(source.path)
    // What was logged since may have other columns.
    while entries > 0, let entry = try reader.nextBytes() {
      entries -= 1
      try output.append(line: row.fill(entry, tree))
      progress.update(read + reader.position)
    }
    return report
  }
}
