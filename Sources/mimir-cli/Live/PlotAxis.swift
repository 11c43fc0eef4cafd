import Glibc

/// Where numbers lie on an axis of dots, and which are written beside it.
struct PlotAxis {
  private static let steps = [1, 2, 2.5, 5, 10]
  private static let largest = Double.greatestFiniteMagnitude

  let isLog: Bool
  let dots: Int
  let low: Double
  let high: Double
  private let start: Double
  private let perUnit: Double

  /// Where there is nothing between `low` and `high`, some is made.
  init(_ low: Double, _ high: Double, dots: Int, isLog: Bool) {
    let isLog = isLog && low > 0
    var (low, high) = (low, high)
    if !(Self.scaled(low, isLog) < Self.scaled(high, isLog)) {
      let room = abs(low) / 10 == 0 ? 1 : abs(low) / 10
      (low, high) =
        isLog
        ? (low / 2 > 0 ? low / 2 : low, min(low * 2, Self.largest))
        : (max(low - room, -Self.largest), min(low + room, Self.largest))
    }
    (self.low, self.high, self.dots, self.isLog) = (low, high, dots, isLog)
    start = Self.scaled(low, isLog)
    let span = Self.scaled(high, isLog) - start
    perUnit = span > 0 ? Double(dots - 1) / span : 0
  }

  /// The dot of a finite number; of one that lies outside the nearest one.
  func place(_ value: Double) -> Int {
    let place = ((Self.scaled(value, isLog) - start) * perUnit).rounded()
    return place > 0 ? Int(min(place, Double(dots - 1))) : 0
  }

  /// Whether it has a place on the axis.
  func holds(_ value: Double) -> Bool { value.isFinite && (!isLog || value > 0) }

  /// Dots, and what is written there; at most so many, if that is more than 1.
  func ticks(_ most: Int) -> [(dot: Int, text: String)] {
    let most = max(most, 2)
    var values = isLog ? decades(most) : []
    if isLog, values.count < 3 { values = partsOfDecades }
    if values.count < 2 || values.count > 2 * most { values = roundNumbers(most) }
    return zip(values, texts(values)).map { (place($0), $1) }
  }

  private static func scaled(_ value: Double, _ isLog: Bool) -> Double {
    // Halves, so that the distance of two numbers is one, however large they are.
    isLog ? log10(value) : value / 2
  }

  private func decades(_ most: Int) -> [Double] {
    let (first, last) = (Int(log10(low).rounded(.up)), Int(log10(high).rounded(.down)))
    guard first <= last else { return [] }
    let step = max((last - first + most) / most, 1)
    return stride(from: first, through: last, by: step).map { pow(10, Double($0)) }
  }

  /// Where there are few decades.
  private var partsOfDecades: [Double] {
    let first = log10(low).rounded(.down)
    return stride(from: first, through: log10(high), by: 1).flatMap { power in
      [1, 2, 5].map { $0 * pow(10, power) }
    }.filter { (low...high).contains($0) }
  }

  private func roundNumbers(_ most: Int) -> [Double] {
    let rough = high / Double(most) - low / Double(most)
    guard rough > 1e-300 else { return [low, high] }
    let power = pow(10, log10(rough).rounded(.down))
    let step = Self.steps.map { $0 * power }.first { $0 >= rough } ?? rough
    let (first, last) = ((low / step).rounded(.up), (high / step).rounded(.down))
    guard last - first > 0, last - first < 1000 else { return [low, high] }
    let found = stride(from: first, through: last, by: 1).map { $0 * step }
    // Between neighbours among floating point numbers there are none.
    return Set(found).count == found.count ? found : [low, high]
  }

  /// As short as they can be while they differ.
  private func texts(_ values: [Double]) -> [String] {
    for digits in 6..<17 {
      let found = values.map { Text.short($0, digits: digits) }
      if Set(found).count == found.count { return found }
    }
    return values.map { Text.short($0, digits: 17) }
  }
}
