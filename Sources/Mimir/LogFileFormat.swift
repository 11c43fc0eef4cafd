import MimirBase
import MimirGzip
import MimirIO
import MimirJSON

/// Which format a filename stands for.
enum LogFileFormat {
  static func open(
    _ filename: String, _ options: Logger.Options, system: any Syscalls
  ) throws(MimirError) -> LogWriter {
    try WriterRegistry.open(
      path: filename, options: options.file, policy: options.policy
    ) { () throws(MimirError) -> any LogFile in
      if filename.hasSuffix(".gz") {
        return try GzipLog(
          path: filename, options: options.file, system: system, isEntry: isEntry)
      }
      return try PlainLog(
        path: filename, options: options.file, system: system, isEntry: isEntry)
    }
  }

  private static let largest = JSONLimits(maxBytes: 1 << 30)

  @Sendable
  static func isEntry(_ line: UnsafeRawBufferPointer) -> Bool {
    var text = ByteBuffer()
    return (try? JSONText.compactObject(line, limits: largest, into: &text)) != nil
  }
}
