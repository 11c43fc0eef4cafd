import MimirBase
import MimirIO

/// What a live view shows.
protocol LiveContent: AnyObject {
  func add(_ entry: UnsafeRawBufferPointer)
  /// Another run has begun.
  func startOver()
  /// All that was there is added; what is added now has just come.
  func hasPast()
  func lines(columns: Int, rows: Int) -> [String]
  /// Whether there is something to draw anew when nothing has come.
  var changesByItself: Bool { get }
  /// A key that is none of the view's own. Whether something is to be drawn anew.
  func take(key: UInt8) -> Bool
}

extension LiveContent {
  func hasPast() {}
  var changesByItself: Bool { false }
  func take(key: UInt8) -> Bool { false }
}

/// Shows a source in the whole terminal, until q or a signal ends it.
struct LiveView {
  /// Milliseconds between two drawings, and of reading between two looks at the keys.
  private static let interval = 100
  private static let slice = 50
  private static let second = 1000
  /// At most one part in so many of the time goes into drawing.
  private static let share = 5

  let source: any EntrySource
  let content: any LiveContent
  private let screen = LiveScreen()
  let timeout: Double?
  private var restarts: UInt64 = 0
  private var isPast = true

  init(_ source: any EntrySource, _ content: any LiveContent, timeout: Double?) {
    self.source = source
    self.content = content
    self.timeout = timeout
  }

  mutating func run() throws(MimirError) {
    var patience = Notices(source, timeout: timeout)
    screen.open()
    defer { screen.close() }
    var (drawnAt, pause) = (0, Self.interval)
    var isNew = true
    while true {
      if try read() { isNew = true }
      try patience.checkPatience()
      let now = Clock.milliseconds()
      let isDue = isNew || (content.changesByItself && now - drawnAt >= Self.second)
      if isDue, now - drawnAt >= pause {
        draw()
        (drawnAt, isNew) = (Clock.milliseconds(), false)
        pause = max(Self.interval, (drawnAt - now) * Self.share)
      }
      var left = isNew ? max(pause - (Clock.milliseconds() - drawnAt), 0) : Self.slice
      // Lines that are no entries may be many.
      if source.hasMore { left = 0 }
      switch screen.wait(milliseconds: min(left, Self.slice)) {
      case .resize: (isNew, drawnAt) = (true, 0)
      case .key(UInt8(ascii: "q")), .key(UInt8(ascii: "Q")): return
      case .key(let key): if content.take(key: key) { (isNew, drawnAt) = (true, 0) }
      case nil: break
      }
    }
  }

  /// Takes what has come, for a while. Whether something has.
  private mutating func read() throws(MimirError) -> Bool {
    let begun = Clock.milliseconds()
    var count = 0
    while let entry = try source.next(timeout: 0) {
      if source.restarts != restarts {
        restarts = source.restarts
        content.startOver()
      }
      content.add(entry)
      count += 1
      if count % 64 == 0, Clock.milliseconds() - begun > Self.slice { break }
    }
    if isPast, source.isUpToDate {
      isPast = false
      content.hasPast()
    }
    return count > 0
  }

  private func draw() {
    let (columns, rows) = Terminal.size
    guard rows > 2 else { return screen.draw([]) }
    var notes = source.isThere ? "" : "   waiting"
    if source.restarts > 0 { notes += "   restarts: \(source.restarts)" }
    if !source.report.isEmpty { notes += "   " + source.report }
    let help = "q: quit"
    let room = columns - help.count - 2
    let name = CellText.fittedEnd(source.name, to: max(room - CellText.width(notes), 10))
    let head = CellText.fitted(name + notes, to: max(room, 1), pads: true)
    screen.draw(
      [Paint.dim.paint(head + "  " + help)] + content.lines(columns: columns, rows: rows - 1))
  }
}
