import ArgumentParser
import MimirBase
import MimirIO

struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the last value of each key, live.",
    discussion: """
      For each key the last value, the lowest and the highest number, how many entries have it, and how \
      long ago it came. Keys of nested objects have dots: loss.train. The table follows the log or \
      stream until q or ^C; the arrows, j and k go through one that is longer than the terminal.

      With --once, and where standard output is no terminal, what is there is printed once.
      """)

  @Flag(help: "Print the table of what is there, and end.")
  var once = false

  @Flag(help: "Print it as JSON; needs --once.")
  var json = false

  @Option(
    name: [.customShort("n"), .customLong("last")],
    help: "Begin with so many of the last entries (default: all).")
  var last: Int?

  @OptionGroup var source: SourceOptions

  func validate() throws {
    if json, !once { throw ValidationError("--json prints what is there: it needs --once") }
    if let last, last < 0 { throw ValidationError("--last is \(last); it is 0 or more") }
  }

  func run() throws {
    if once || !Terminal.isOutput {
      try printOnce()
    } else {
      let source = try self.source.open(last: last, follows: true)
      var view = LiveView(source, WatchContent(isLive: true), timeout: self.source.timeout)
      try view.run()
    }
  }

  private func printOnce() throws {
    let source = try self.source.open(last: last, follows: false)
    let content = WatchContent(isLive: false)
    try OneShot.read(source, timeout: self.source.timeout, into: content)
    let output = StandardOutput.shared
    if json {
      try output.json(content.table.json)
    } else {
      let columns = Terminal.isOutput ? Terminal.size.columns : .max
      for line in content.lines(columns: columns, rows: .max) { try output.line(line) }
    }
    let notes = [source.report, content.table.note].filter { !$0.isEmpty }
    if !notes.isEmpty { MimirCommand.fail(notes.joined(separator: "; "), status: .incomplete) }
  }
}

/// What is there already, for those who do not stay.
enum OneShot {
  static func read(
    _ source: any EntrySource, timeout: Double?, into content: any LiveContent
  ) throws(MimirError) {
    var notices = Notices(source, timeout: timeout)
    var restarts: UInt64 = 0
    func take(_ entry: UnsafeRawBufferPointer) {
      if source.restarts != restarts {
        restarts = source.restarts
        content.startOver()
      }
      content.add(entry)
    }
    while true {
      if let entry = try source.next(timeout: 0) {
        take(entry)
        continue
      }
      if source.isUpToDate { return }
      notices.tell()
      try notices.checkPatience()
      if let entry = try source.next(timeout: 100) { take(entry) }
    }
  }
}
