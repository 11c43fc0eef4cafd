import MimirBase
import MimirGzip
import MimirIO
import MimirStream
import Synchronization

/// A logger as the log of a server.
final class LoggerRemoteLog: RemoteLog {
  private let logger: Logger

  init(_ logger: Logger) { self.logger = logger }

  func log(_ line: UnsafeRawBufferPointer, tokens: Int) -> MimirError? {
    logger.error(logging: line, tokens: tokens)
  }

  func flush() -> MimirError? {
    do {
      try logger.flush()
      return nil
    } catch {
      return error
    }
  }

  func forEachLine(_ body: (UnsafeRawBufferPointer) -> Void) throws(MimirError) {
    guard let path = logger.state.file?.writer.path else { return }
    try logger.flush()
    let system = RealSyscalls.shared
    let lines: any LineReader =
      try GzipReader.isGzip(path, system: system)
      ? try GzipReader(path: path, system: system) : try PlainLogReader(path: path, system: system)
    while let line = try lines.next() { body(line) }
  }
}
