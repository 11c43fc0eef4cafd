import ArgumentParser
import Mimir
import MimirBase

struct Cat: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the entries of logs, one JSON object a line.",
    discussion: """
      A log that is being written, or whose writer was killed, is read up to its last whole entry. What \
      is left out is said on standard error, and the exit status is 2.
      """)

  @Argument(help: "The logs, plain or .gz; - for standard input.", completion: .file())
  var logs: [String]

  @Option(help: "Begin with the Nth entry of each log; the first is 1.")
  var from: Int = 1

  @Option(
    name: [.customShort("n"), .long], help: "Print at most N entries of each log.")
  var count: Int?

  @Option(
    help: ArgumentHelp(
      "How to print NaN and infinities: null, tagged (null, and a last key that says what it was), "
        + "string, or literal, which is not JSON.", valueName: "how"))
  var nonfinite = NonfiniteChoice.null

  func validate() throws {
    guard from >= 1 else { throw ValidationError("--from is \(from); the first entry is 1") }
    if let count, count < 0 { throw ValidationError("--count is \(count); it must be 0 or more") }
  }

  func run() throws {
    try Logs.each(logs) { source in
      let reader = try LogReader(source.path)
      try print(reader)
      return try reader.report.tell(about: source)
    }
  }

  private func print(_ reader: LogReader) throws(MimirError) {
    var buffer = ByteBuffer()
    var before = from - 1
    var left = count ?? .max
    while left > 0, let entry = try reader.nextBytes() {
      if before > 0 {
        before -= 1
        continue
      }
      left -= 1
      try StandardOutput.shared.json(
        nonfinite.text(
          of: entry, hasNonfinite: reader.nonfinite > 0, in: &buffer))
    }
  }
}
