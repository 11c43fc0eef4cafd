import MimirIO

/// How far long work has come: a line on the terminal, drawn when it takes more than a moment, and
/// erased at its end.
final class Progress {
  private static let patience = 500
  private static let interval = 100
  private static let width = 24

  private let label: String
  private let total: Int
  private var next: Int
  private var isDrawn = false

  /// Without a terminal on standard error it shows nothing.
  init(_ label: String, total: Int) {
    self.label = label
    self.total = max(total, 1)
    next = Terminal.canRedraw ? Clock.coarseMilliseconds() + Self.patience : .max
  }

  deinit { end() }

  func update(_ done: @autoclosure () -> Int) {
    guard next != .max else { return }
    let now = Clock.coarseMilliseconds()
    guard now >= next else { return }
    next = now + Self.interval
    draw(min(Double(max(done(), 0)) / Double(total), 1))
  }

  func end() {
    next = .max
    guard isDrawn else { return }
    isDrawn = false
    StandardError.draw("")
  }

  private func draw(_ part: Double) {
    isDrawn = true
    let full = Int(part * Double(Self.width))
    let bar =
      String(repeating: "█", count: full) + String(repeating: "░", count: Self.width - full)
    let room = max(Terminal.size.columns - Self.width - 8, 0)
    StandardError.draw(
      "\(CellText.fittedEnd(label, to: room)) \(bar) \(Int(part * 100)) %")
  }
}
