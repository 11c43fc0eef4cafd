import ArgumentParser
import MimirBase

/// What a log can be converted to.
enum TargetForm: String, ExpressibleByArgument, CaseIterable {
  case jsonl, gz, csv

  /// - Throws: `.unsupported`, with what to do instead.
  init(suffixOf target: String, source: String) throws(MimirError) {
    let forms: [(suffix: String, form: TargetForm)] = [
      (".jsonl", .jsonl), (".ndjson", .jsonl), (".json", .jsonl), (".csv", .csv),
    ]
    if target.hasSuffix(".parquet") { throw Self.parquet(source, target) }
    if target.hasSuffix(".csv.gz") {
      throw MimirError(
        .unsupported,
        "a .gz that mimir writes is a log; for compressed CSV: "
          + "mimir convert --to csv \(source) - | gzip > \(target)")
    }
    if target.hasSuffix(".gz") {
      self = .gz
    } else if let form = forms.first(where: { target.hasSuffix($0.suffix) })?.form {
      self = form
    } else {
      throw MimirError(
        .unsupported,
        "\(target): which form it is to have can't be told from its suffix; "
          + "use .jsonl, .jsonl.gz or .csv, or add --to")
    }
  }

  private static func parquet(_ source: String, _ target: String) -> MimirError {
    MimirError(
      .unsupported,
      """
      mimir does not write Parquet; DuckDB and polars do, from the log as it is:
        duckdb -c "copy (from read_ndjson_auto('\(source)', sample_size=-1)) to '\(target)'"
        python -c "import polars; polars.read_ndjson('\(source)', infer_schema_length=None)\
      .write_parquet('\(target)')"
      """)
  }
}
