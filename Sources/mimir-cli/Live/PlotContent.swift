import MimirJSON

/// Curves of some keys in characters.
final class PlotContent: LiveContent {
  struct Options {
    /// nil for the entry's number.
    var x: String?
    var y: [String]
    var logX = false
    var logY = false
    var colored = Terminal.hasColor
  }

  private static let leastColumns = 8
  private static let leastRows = 3
  private static let betweenLetters = 32
  private static let mostNotes = 3
  private static let mostKeys = 100
  /// Of all curves together.
  private static let mostPoints = 1 << 22

  private let options: Options
  private var numbers: KeyedNumbers
  private(set) var curves: [PlotCurve]
  private var entries: UInt64 = 0
  private var withoutX: UInt64 = 0
  /// Some of those that entries have, as long as there is nothing to plot.
  private(set) var keys: [String] = []

  init(_ options: Options) {
    self.options = options
    numbers = KeyedNumbers(options.y + (options.x.map { [$0] } ?? []))
    let points = PlotPoints(
      most: Self.mostPoints / max(options.y.count, 4), logX: options.logX, logY: options.logY)
    curves = options.y.enumerated().map { PlotCurve(key: $1, number: $0, points) }
  }

  func add(_ entry: UnsafeRawBufferPointer) {
    if !hasPoints { addKeys(of: entry) }
    entries += 1
    numbers.read(entry)
    var x = Double(entries)
    if options.x != nil {
      let place = curves.count
      guard numbers.found[place], numbers.values[place].isFinite else {
        withoutX += 1
        return
      }
      x = numbers.values[place]
    }
    for place in curves.indices {
      if numbers.found[place] { curves[place].add(x, numbers.values[place]) }
      if numbers.others[place] { curves[place].others += 1 }
    }
  }

  func startOver() {
    (entries, withoutX) = (0, 0)
    for place in curves.indices { curves[place].removeAll() }
  }

  var hasPoints: Bool { curves.contains { !$0.isEmpty } }

  func lines(columns: Int, rows: Int) -> [String] {
    var lines = legend(columns)
    lines += notes(columns).map { Paint.dim.paint($0, colored: options.colored) }
    // However many curves there are, they are to be seen.
    let room = max(rows - Self.leastRows - 2, 0)
    if lines.count > room { lines = lines.prefix(max(room - 1, 0)) + (room > 0 ? ["…"] : []) }
    lines += plot(columns, rows - lines.count)
    return Array(lines.prefix(rows))
  }

  /// What is not to be seen in the picture.
  private func notes(_ columns: Int) -> [String] {
    var notes: [String] = []
    func note(_ count: UInt64, _ what: String) {
      if count > 0 { notes.append("\(Text.grouped(count)) \(what)") }
    }
    note(withoutX, "entries without a number in \(options.x ?? "")")
    for curve in curves {
      note(curve.nonfinite, "values of \(curve.key) are null, NaN or infinite")
      note(curve.others, "values of \(curve.key) are no numbers")
      note(
        curve.leftOut(logX: options.logX, logY: options.logY),
        "values of \(curve.key) are not above 0, where a log axis has no place")
      if curve.isEmpty { notes.append("\(curve.key): in no entry") }
    }
    let lines = notes.prefix(Self.mostNotes).map { CellText.fitted($0, to: columns) }
    return lines + (notes.count > Self.mostNotes ? ["…"] : [])
  }

  private func legend(_ columns: Int) -> [String] {
    var (lines, line, width) = ([String](), "", 0)
    let gap = 3
    for curve in curves {
      let sign = options.colored || curves.count == 1 ? "━━" : String(curve.letter)
      let value = curve.last.map { " " + Text.short($0) } ?? ""
      let text = CellText.fitted(curve.key + value, to: max(columns - 6, 1))
      let cells = sign.count + 1 + CellText.width(text)
      if width > 0, width + gap + cells > columns {
        lines.append(line)
        (line, width) = ("", 0)
      }
      if width > 0 {
        line += CellText.spaces(gap)
        width += gap
      }
      line += curve.style.paint(sign, colored: options.colored) + " " + text
      width += cells
    }
    return lines + [line]
  }

  private func plot(_ columns: Int, _ height: Int) -> [String] {
    var (xBounds, yBounds) = (PlotCurve.Bounds(), PlotCurve.Bounds())
    for curve in curves {
      xBounds.take(curve.xBounds(isLog: options.logX))
      yBounds.take(curve.yBounds(isLog: options.logY))
    }
    let rows = height - 2
    guard rows >= Self.leastRows, xBounds.low <= xBounds.high, yBounds.low <= yBounds.high else {
      return []
    }
    let yAxis = PlotAxis(yBounds.low, yBounds.high, dots: 4 * rows, isLog: options.logY)
    var ticks = yAxis.ticks(rows / 3)
    var margin = ticks.reduce(0) { max($0, $1.text.count) } + 1
    if columns - margin - 1 < Self.leastColumns { (ticks, margin) = ([], 1) }
    guard columns - margin - 1 >= Self.leastColumns else { return [] }
    var grid = Braille(columns: columns - margin - 1, rows: rows)
    let xAxis = PlotAxis(xBounds.low, xBounds.high, dots: grid.width, isLog: options.logX)
    for curve in curves { curve.draw(in: &grid, xAxis, yAxis) }
    if !options.colored, curves.count > 1 {
      for curve in curves { curve.label(in: &grid, xAxis, yAxis, every: Self.betweenLetters) }
    }
    let texts = Dictionary(ticks.map { (rows - 1 - $0.dot / 4, $0.text) }) { first, _ in first }
    return (0..<rows).map { row in
      let tick = texts[row]
      return CellText.aligned(tick ?? "", to: margin - 1) + (tick == nil ? " │" : " ┤")
        + grid.row(row, colored: options.colored)
    } + bottom(xAxis, grid.columns, margin)
  }

  private func bottom(_ axis: PlotAxis, _ columns: Int, _ margin: Int) -> [String] {
    var line = Array(repeating: Character("─"), count: columns)
    var below = Array(repeating: Character(" "), count: margin + 1 + columns)
    var end = -1
    func write(_ text: String, at start: Int) {
      for (offset, character) in text.enumerated() { below[start + offset] = character }
    }
    let name = CellText.fitted(options.x ?? "entry", to: columns / 2)
    let room = below.count - CellText.width(name) - 1
    for (dot, text) in axis.ticks(columns / 12) {
      let begin = max(margin + 1 + dot / 2 - text.count / 2, 0)
      guard begin > end, begin + text.count < room else { continue }
      line[min(dot / 2, columns - 1)] = "┬"
      write(text, at: begin)
      end = begin + text.count
    }
    let rule = CellText.spaces(margin) + "└" + String(line)
    return [rule, CellText.fitted(String(below.prefix(room)), to: room) + " " + name]
  }

  private func addKeys(of entry: UnsafeRawBufferPointer) {
    var leaves = JSONLeaves(entry, entersLists: false)
    while keys.count < Self.mostKeys, leaves.next() {
      let key = String(decoding: leaves.path, as: UTF8.self)
      if !keys.contains(key) { keys.append(key) }
    }
  }
}
