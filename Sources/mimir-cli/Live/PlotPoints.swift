/// The points of a curve, of which a long run keeps those that are seen.
///
/// When there are too many, of all that follow one another within a small part of the x axis the first,
/// the last, the lowest and the highest stay, as they do in a column of dots.
struct PlotPoints {
  private static let parts = 1 << 14
  private static let group = 8

  private(set) var x: [Double] = []
  /// Also what has no place on the axis: the line is broken there.
  private(set) var y: [Double] = []
  private let most: Int
  let logX: Bool
  private let logY: Bool

  init(most: Int, logX: Bool, logY: Bool) {
    self.most = max(most, 4 * Self.parts * 2)
    (self.logX, self.logY) = (logX, logY)
  }

  /// - Parameter bounds: of all x so far that have a place on the axis.
  mutating func add(_ x: Double, _ y: Double, _ bounds: PlotCurve.Bounds) {
    self.x.append(x)
    self.y.append(y)
    guard self.x.count >= most else { return }
    let axis = PlotAxis(bounds.low, bounds.high, dots: Self.parts, isLog: logX)
    fold { axis.holds($0) ? axis.place($0) : -1 }
    // Where x goes back and forth, few that follow one another lie together.
    if self.x.count > most / 2 { fold(by: Self.group) }
  }

  mutating func removeAll() { self = PlotPoints(most: most, logX: logX, logY: logY) }

  private mutating func fold(_ part: (Double) -> Int) {
    var (kept, start) = (0, 0)
    while start < x.count {
      let place = part(x[start])
      var end = start + 1
      while end < x.count, part(x[end]) == place { end += 1 }
      keep(start..<end, &kept)
      start = end
    }
    shorten(to: kept)
  }

  private mutating func fold(by count: Int) {
    var kept = 0
    for start in stride(from: 0, to: x.count, by: count) {
      keep(start..<min(start + count, x.count), &kept)
    }
    shorten(to: kept)
  }

  /// What is kept of a range moves to `kept`, in order; never behind where it was.
  private mutating func keep(_ range: Range<Int>, _ kept: inout Int) {
    var (low, high) = (range.lowerBound, range.lowerBound)
    for index in range where isShown(y[index]) {
      if !isShown(y[low]) || y[index] < y[low] { low = index }
      if !isShown(y[high]) || y[index] > y[high] { high = index }
    }
    var before = -1
    for index in [range.lowerBound, min(low, high), max(low, high), range.upperBound - 1]
    where index > before {
      (x[kept], y[kept]) = (x[index], y[index])
      kept += 1
      before = index
    }
  }

  private func isShown(_ y: Double) -> Bool { y.isFinite && (!logY || y > 0) }

  private mutating func shorten(to count: Int) {
    x.removeLast(x.count - count)
    y.removeLast(y.count - count)
  }
}
