import MimirBase
import MimirIO
import MimirJSON

/// Which format a filename stands for.
enum LogFileFormat {
  static func open(
    _ filename: String, _ options: Logger.Options, system: any Syscalls
  ) throws(MimirError) -> LogWriter {
    try refuseGzip(filename)
    return try WriterRegistry.open(
      path: filename, options: options.file, policy: options.policy
    ) { () throws(MimirError) -> any LogFile in
      try PlainLog(path: filename, options: options.file, system: system, isEntry: isEntry)
    }
  }

  /// Calls `body` with the last `count` entries (`Int.max`: all), as text with NaN and infinities
  /// restored. Returns how many entries were read and how many lines were none.
  static func read(
    _ filename: String, last count: Int, system: any Syscalls = RealSyscalls.shared,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(MimirError) -> (entries: Int, refused: Int) {
    try refuseGzip(filename)
    let reader = try PlainLogReader(path: filename, system: system)
    var (entries, refused) = (0, 0)
    var checked = ByteBuffer()
    var restored = ByteBuffer()
    try reader.lastLines(count) { line throws(MimirError) in
      if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { return }
      checked.truncate(to: 0)
      restored.truncate(to: 0)
      guard (try? JSONText.compactObject(line, limits: largest, into: &checked)) != nil,
        (try? Nonfinite.restore(checked.bytes, into: &restored)) != nil
      else {
        refused += 1
        return
      }
      entries += 1
      body(restored.bytes)
    }
    return (entries, refused)
  }

  private static let largest = JSONLimits(maxBytes: 1 << 30)

  @Sendable
  private static func isEntry(_ line: UnsafeRawBufferPointer) -> Bool {
    var text = ByteBuffer()
    return (try? JSONText.compactObject(line, limits: largest, into: &text)) != nil
  }

  private static func refuseGzip(_ filename: String) throws(MimirError) {
    if filename.hasSuffix(".gz") {
      throw MimirError(
        .unsupported,
        "\(filename): this version does not write or read gzip logs; name the file .jsonl")
    }
  }
}
