import MimirIO

/// A table of keys in a terminal.
final class WatchContent: LiveContent {
  private let titles: [String]
  private static let widest = 24
  private static let window = 5000

  private(set) var table = WatchTable()
  private var firstRow = 0
  private var shownRows = 0
  /// When entries came lately, for their rate.
  private var moments: [(at: Int, entries: UInt64)] = []

  let changesByItself = true

  /// - Parameter isLive: ages, and a rate, are those of entries that are seen to come.
  init(isLive: Bool) {
    titles = ["last", "min", "max", "count"] + (isLive ? ["age"] : [])
  }

  func add(_ entry: UnsafeRawBufferPointer) {
    let now = Clock.milliseconds()
    table.add(entry, at: now)
    if moments.last.map({ now - $0.at >= 100 }) ?? true { moments.append((now, table.entries)) }
  }

  func hasPast() { moments = [(Clock.milliseconds(), table.entries)] }

  func startOver() {
    table = WatchTable()
    moments.removeAll()
    firstRow = 0
  }

  func lines(columns: Int, rows: Int) -> [String] {
    let now = Clock.milliseconds()
    let room = max(rows - 2, 1)
    let hidden = table.rows.count > room
    shownRows = hidden ? max(room - 1, 1) : room
    firstRow = max(min(firstRow, table.rows.count - shownRows), 0)
    let shown = table.rows.dropFirst(firstRow).prefix(shownRows)
    let cells = shown.map { Self.cells($0, now) }
    let widths = titles.indices.map { column in
      min(
        cells.reduce(titles[column].count) { max($0, CellText.width($1[column])) },
        Self.widest)
    }
    let keyWidth = min(
      shown.reduce(3) { max($0, CellText.width(Text.printable($1.key))) }, max(columns / 2, 8))
    let head = line("key", titles, keyWidth, widths, columns)
    var lines = [summary(now), Paint.bold.paint(head)]
    for (row, cells) in zip(shown, cells) {
      lines.append(line(row.key, cells, keyWidth, widths, columns))
    }
    if hidden {
      let last = min(firstRow + shownRows, table.rows.count)
      lines.append(
        Paint.dim.paint("keys \(firstRow + 1) to \(last) of \(table.rows.count); j and k scroll"))
    }
    return lines
  }

  func take(key: UInt8) -> Bool {
    switch key {
    // The last byte of an arrow's, too.
    case UInt8(ascii: "j"), UInt8(ascii: "B"): firstRow += 1
    case UInt8(ascii: "k"), UInt8(ascii: "A"): firstRow -= 1
    case UInt8(ascii: " "): firstRow += shownRows
    case UInt8(ascii: "b"): firstRow -= shownRows
    default: return false
    }
    return true
  }

  private func line(
    _ key: String, _ cells: [String], _ keyWidth: Int, _ widths: [Int], _ columns: Int
  ) -> String {
    var text = CellText.fitted(key, to: keyWidth, pads: true)
    for (cell, width) in zip(cells, widths) { text += "  " + CellText.aligned(cell, to: width) }
    return CellText.fitted(text, to: columns)
  }

  private func summary(_ now: Int) -> String {
    var text = Text.count(table.entries, "entry", "entries")
    if titles.contains("age"), let rate = rate(now) {
      text += ", \(Text.short(rate, digits: 3))/s"
    }
    return text + (table.note.isEmpty ? "" : "; \(table.note)")
  }

  /// Entries a second in the last seconds.
  private func rate(_ now: Int) -> Double? {
    let newest = moments.last?.at
    moments.removeAll { now - $0.at > Self.window && $0.at != newest }
    guard let first = moments.first, now - first.at >= 500 else { return nil }
    guard now - (moments.last?.at ?? 0) < Self.window else { return 0 }
    return Double(table.entries - first.entries) * 1000 / Double(now - first.at)
  }

  private static func cells(_ row: WatchTable.Row, _ now: Int) -> [String] {
    [
      row.text, row.range.min.map { Text.short($0.value) } ?? "",
      row.range.max.map { Text.short($0.value) } ?? "",
      Text.grouped(row.count), age(now - row.at),
    ]
  }

  private static func age(_ milliseconds: Int) -> String {
    let seconds = milliseconds / 1000
    switch seconds {
    case ..<60: return "\(seconds) s"
    case ..<3600: return "\(seconds / 60) min"
    default: return "\(seconds / 3600) h"
    }
  }
}
