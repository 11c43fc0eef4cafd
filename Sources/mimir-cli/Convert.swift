import ArgumentParser
import Mimir
import MimirBase
import MimirGzip

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a log in another form: .jsonl, .jsonl.gz, .csv.",
    discussion: """
      The target's suffix decides. It is written beside its place and renamed once it is whole; a file \
      that is there already is kept unless --force is given. A CSV file has a column for each dotted key \
      (loss.train), in order of first appearance; arrays are JSON text, and what is absent or null is \
      empty. For Parquet, use DuckDB or polars, which read the log as it is.
      """)

  @Argument(help: "The log; - for standard input.", completion: .file())
  var source: String

  @Argument(help: "The file to write; - for standard output, with --to.", completion: .file())
  var target: String

  @Option(
    help: ArgumentHelp(
      "The form, whatever the target's suffix: jsonl, gz, csv.", valueName: "form"))
  var to: TargetForm?

  @Flag(name: .shortAndLong, help: "Overwrite a file that is there.")
  var force = false

  @Option(
    help: ArgumentHelp(
      "How to write NaN and infinities to JSON: tagged (null, and a last key that says what it was), "
        + "null, string, or literal, which is not JSON. CSV has them as NaN, Infinity, -Infinity.",
      valueName: "how"))
  var nonfinite = NonfiniteChoice.tagged

  func validate() throws {
    guard target == "-" else { return }
    if to == nil {
      throw ValidationError("standard output has no suffix; add --to jsonl or --to csv")
    }
    if to == .gz {
      throw ValidationError(
        "a gzip log can't be written to standard output; pipe --to jsonl into gzip")
    }
  }

  func run() throws {
    try Logs.each([source]) { source in
      let form = try to ?? TargetForm(suffixOf: target, source: source.name)
      let output = try self.output(form, source)
      let report =
        switch form {
        case .csv: try CSVConversion.run(source, into: output)
        case .jsonl, .gz: try copyEntries(of: source, to: output)
        }
      try output.finish()
      return try report.tell(about: source)
    }
  }

  private func output(
    _ form: TargetForm, _ source: LogSource
  ) throws(MimirError) -> any EntryTarget {
    if target == "-" { return StandardOutputTarget() }
    let place = try TargetPlace(target, from: source, overwrite: force)
    return form == .gz ? try GzipTarget(place) : try PlainTarget(place)
  }

  private func copyEntries(
    of source: LogSource, to output: any EntryTarget
  ) throws(MimirError) -> LogReader.Report {
    let reader = try LogReader(source.path)
    let progress = Progress(source.name, total: try source.state().size)
    defer { progress.end() }
    var buffer = ByteBuffer()
    while let entry = try reader.nextBytes() {
      try output.append(
        line: nonfinite.text(
          of: entry, hasNonfinite: reader.nonfinite > 0, in: &buffer))
      progress.update(reader.position)
    }
    return reader.report
  }
}
