/// Columns of text, as wide as they need to be.
struct Table {
  enum Alignment { case left, right }

  private let alignments: [Alignment]
  private var rows: [[String]]

  init(_ columns: [(title: String, alignment: Alignment)]) {
    alignments = columns.map(\.alignment)
    rows = [columns.map(\.title)]
  }

  /// One cell for each column.
  mutating func add(_ row: [String]) { rows.append(row) }

  /// The titles first.
  func lines(indent: String = "") -> [String] {
    var widths = alignments.map { _ in 0 }
    for row in rows {
      for (index, cell) in row.enumerated() where index < widths.count {
        widths[index] = max(widths[index], CellText.width(cell))
      }
    }
    return rows.enumerated().map { number, row in
      var line = indent
      for (index, cell) in row.enumerated() where index < widths.count {
        let padding = CellText.spaces(widths[index] - CellText.width(cell))
        line += (index == 0 ? "" : "  ") + (alignments[index] == .right ? padding + cell : cell)
        if alignments[index] == .left, index < row.count - 1 { line += padding }
      }
      return number == 0 ? Paint.bold.paint(line) : line
    }
  }
}
