/// The points of one key.
struct PlotCurve {
  let key: String
  let style: Paint
  let letter: Character
  private var points: PlotPoints
  private(set) var nonfinite: UInt64 = 0
  /// Values that are no numbers.
  var others: UInt64 = 0
  /// How many points are not more than 0 in x, and in y: a log axis has no place for them.
  private var xNotPositive: UInt64 = 0
  private var yNotPositive: UInt64 = 0
  private var bounds = (x: Bounds(), y: Bounds())
  private var positiveBounds = (x: Bounds(), y: Bounds())

  struct Bounds {
    var low = Double.infinity
    var high = -Double.infinity

    mutating func take(_ value: Double) {
      if value < low { low = value }
      if value > high { high = value }
    }

    mutating func take(_ other: Bounds) {
      low = min(low, other.low)
      high = max(high, other.high)
    }
  }

  /// - Parameter points: as none are there yet.
  init(key: String, number: Int, _ points: PlotPoints) {
    self.key = key
    self.points = points
    style = Paint.curves[number % Paint.curves.count]
    letter = Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8(number % 26)))
  }

  mutating func add(_ x: Double, _ y: Double) {
    take(x, y)
    points.add(x, y, xBounds(isLog: points.logX))
  }

  private mutating func take(_ x: Double, _ y: Double) {
    guard y.isFinite else {
      nonfinite += 1
      return
    }
    bounds.x.take(x)
    bounds.y.take(y)
    if x > 0 { positiveBounds.x.take(x) } else { xNotPositive += 1 }
    if y > 0 { positiveBounds.y.take(y) } else { yNotPositive += 1 }
  }

  mutating func removeAll() {
    self = PlotCurve(copying: self)
  }

  private init(copying other: PlotCurve) {
    (key, style, letter, points) = (other.key, other.style, other.letter, other.points)
    points.removeAll()
  }

  var isEmpty: Bool { points.x.isEmpty }
  var last: Double? { points.y.last }

  func xBounds(isLog: Bool) -> Bounds { isLog ? positiveBounds.x : bounds.x }
  func yBounds(isLog: Bool) -> Bounds { isLog ? positiveBounds.y : bounds.y }

  func leftOut(logX: Bool, logY: Bool) -> UInt64 {
    (logX ? xNotPositive : 0) + (logY ? yNotPositive : 0)
  }

  /// Draws the line. Of all points within one column of dots the first, the last, the lowest and the
  /// highest one count: so no spike is lost, and it takes no longer than going through them.
  func draw(in grid: inout Braille, _ xAxis: PlotAxis, _ yAxis: PlotAxis) {
    let (x, y) = (points.x, points.y)
    var column: Int?
    var (low, high, last) = (0, 0, 0)
    for index in x.indices {
      guard xAxis.holds(x[index]), yAxis.holds(y[index]) else {
        if let column { grid.line(from: (column, low), to: (column, high), style) }
        column = nil
        continue
      }
      let (place, dot) = (xAxis.place(x[index]), yAxis.place(y[index]))
      if place == column {
        low = min(low, dot)
        high = max(high, dot)
      } else {
        if let column {
          grid.line(from: (column, low), to: (column, high), style)
          grid.line(from: (column, last), to: (place, dot), style)
        }
        (column, low, high) = (place, dot, dot)
      }
      last = dot
    }
    if let column { grid.line(from: (column, low), to: (column, high), style) }
  }

  /// Its letter here and there on the line, for where there are no colors.
  func label(in grid: inout Braille, _ xAxis: PlotAxis, _ yAxis: PlotAxis, every dots: Int) {
    let (x, y) = (points.x, points.y)
    var labelled: Set<Int> = []
    for index in x.indices.reversed() where xAxis.holds(x[index]) && yAxis.holds(y[index]) {
      let place = xAxis.place(x[index])
      guard labelled.insert(place / dots).inserted else { continue }
      grid.put(letter, place, yAxis.place(y[index]))
      if labelled.count > grid.width / dots { break }
    }
  }
}
