import Mimir
import MimirGzip
import MimirJSON

/// A log's summary for programs; the manual has its shape.
extension LogSummary {
  var json: String {
    var object: JSONObject = [
      "log": .string(source.name),
      "state": .string(condition.rawValue),
      "writers": JSONValue(state.writers.map { JSONValue(Int($0) ?? 0) }),
      "format": .string(state.format.name),
      "bytes": JSONValue(state.size),
      "text_bytes": JSONValue(textBytes),
      "entries": JSONValue(report.entries),
      "skipped_lines": JSONValue(report.skippedLines),
      "skipped_bytes": JSONValue(report.skippedBytes),
      "problem": report.isIncomplete ? .string(source.named(report.description)) : .null,
    ]
    object.append(key: "time", value: span.map(Self.time) ?? .null)
    object.append(key: "keys", value: JSONValue(keys.map(Self.key)))
    return JSONValue.object(object).description
  }

  private static func time(_ span: TimeSpan) -> JSONValue {
    ["key": .string(span.key), "start": .double(span.start), "end": .double(span.end)]
  }

  private static func key(_ name: String, _ summary: KeySummary) -> JSONValue {
    var types = JSONObject()
    for kind in ValueKind.allCases where kind != .null && summary.count(kind) > 0 {
      types.append(key: kind.name, value: JSONValue(summary.count(kind)))
    }
    return [
      "name": .string(name),
      "entries": JSONValue(summary.entries),
      "types": .object(types),
      "null": JSONValue(summary.count(.null)),
      "nan": JSONValue(summary.nan),
      "infinite": JSONValue(summary.infinite),
      "min": summary.range.min.map { .number($0.text) } ?? .null,
      "max": summary.range.max.map { .number($0.text) } ?? .null,
    ]
  }
}
