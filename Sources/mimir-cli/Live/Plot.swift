import ArgumentParser
import MimirBase

struct Plot: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Plot keys in the terminal.",
    discussion: """
      The first key is that of the x axis, - for the entry's number; a single key is plotted over the \
      entry's number:

        mimir plot log.jsonl.gz iteration loss.train loss.test
        mimir plot -f --log-y tcp://node7 loss

      A key with dots leads into nested objects. With -f the plot follows the log or stream until q \
      or ^C; without, what is there is plotted once.
      """)

  private static let least = (columns: 20, rows: 8)
  private static let most = 10_000

  @OptionGroup var source: SourceOptions

  @Argument(help: ArgumentHelp("Keys: X Y…, or Y alone.", valueName: "key"))
  var keys: [String]

  @Flag(name: .shortAndLong, help: "Follow the log or stream, in the whole terminal.")
  var follow = false

  @Flag(name: .customLong("log-x"), help: "A logarithmic x axis.")
  var logX = false

  @Flag(name: .customLong("log-y"), help: "A logarithmic y axis.")
  var logY = false

  @Option(
    name: [.customShort("n"), .customLong("last")],
    help: "Begin with so many of the last entries (default: all).")
  var last: Int?

  @Option(help: "In characters (default: the terminal's, or 80).")
  var width: Int?

  @Option(help: "In characters (default: the terminal's, or 24).")
  var height: Int?

  func validate() throws {
    if let last, last < 0 { throw ValidationError("--last is \(last); it is 0 or more") }
    try check("width", width, Self.least.columns)
    try check("height", height, Self.least.rows)
    if follow, width != nil || height != nil {
      throw ValidationError(
        "-f fills the terminal; --width and --height are for a plot that is printed")
    }
    if follow, !Terminal.isOutput {
      throw ValidationError("-f draws in a terminal, and standard output is none")
    }
  }

  private func check(_ name: String, _ value: Int?, _ least: Int) throws {
    guard let value, !(least...Self.most).contains(value) else { return }
    throw ValidationError("--\(name) is \(value); it is from \(least) to \(Self.most)")
  }

  func run() throws {
    let content = PlotContent(options)
    guard !follow else {
      var view = LiveView(
        try source.open(last: last, follows: true), content, timeout: source.timeout)
      return try view.run()
    }
    let source = try self.source.open(last: last, follows: false)
    try OneShot.read(source, timeout: self.source.timeout, into: content)
    guard content.hasPoints else { throw MimirError(.notFound, nothing(in: source, content)) }
    let (columns, rows) = Terminal.size
    // The line of the prompt that follows.
    let lines = content.lines(columns: width ?? columns, rows: height ?? rows - 1)
    for line in lines { try StandardOutput.shared.line(line) }
    if !source.report.isEmpty { MimirCommand.fail(source.report, status: .incomplete) }
  }

  private var options: PlotContent.Options {
    var options = PlotContent.Options(x: nil, y: keys)
    if keys.count > 1 {
      options.x = keys[0] == "-" ? nil : keys[0]
      options.y.removeFirst()
    }
    (options.logX, options.logY) = (logX, logY)
    return options
  }

  private func nothing(in source: any EntrySource, _ content: PlotContent) -> String {
    guard !content.keys.isEmpty else { return "\(source.name) has no entries to plot" }
    let known = CellText.fitted(content.keys.joined(separator: ", "), to: 200)
    return
      "no entry of \(source.name) has numbers in \(keys.joined(separator: ", ")); it has \(known)"
  }
}
