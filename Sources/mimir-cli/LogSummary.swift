import Mimir
import MimirBase
import MimirGzip
import MimirIO

/// All that `mimir info` tells of a log.
struct LogSummary {
  let source: LogSource
  let state: LogState
  private(set) var keys: [(name: String, summary: KeySummary)] = []
  private(set) var report: LogReader.Report
  /// Bytes of the entries as JSON Lines.
  private(set) var textBytes: UInt64 = 0

  /// Reads the whole log.
  init(of source: LogSource) throws(MimirError) {
    self.source = source
    state = try source.state()
    let reader = try LogReader(source.path)
    let progress = Progress(source.name, total: state.size)
    let tree = KeyTree()
    var summaries: [KeySummary] = []
    var number: UInt64 = 0
    while let entry = try reader.nextBytes() {
      number += 1
      textBytes += UInt64(entry.count) + 1
      tree.walk(entry) { column, value in
        if column == summaries.count {
          summaries.append(KeySummary(keepsText: TimeSpan.isTime(tree.names[column])))
        }
        let value = UnsafeRawBufferPointer(rebasing: entry[value])
        summaries[column].add(value, of: number)
      }
      progress.update(reader.position)
    }
    progress.end()
    report = reader.report
    keys = zip(tree.names, summaries).map { ($0, $1) }
  }

  var condition: LogCondition { LogCondition(state, report) }

  var span: TimeSpan? {
    for (name, summary) in keys {
      if let span = TimeSpan(name, summary) { return span }
    }
    return nil
  }
}

/// In what state a log is.
enum LogCondition: String {
  case complete
  case live
  /// Its writer was killed within a compaction.
  case interrupted
  case torn
  case damaged

  init(_ state: LogState, _ report: LogReader.Report) {
    if report.damaged {
      self = .damaged
    } else if state.isBeingWritten {
      self = .live
    } else if report.torn {
      self = .torn
    } else {
      self = state.compacting ? .interrupted : .complete
    }
  }
}

extension LogState.Format {
  var name: String {
    switch self {
    case .plain: "plain"
    case .log: "gzip"
    case .foreign: "foreign gzip"
    }
  }
}
