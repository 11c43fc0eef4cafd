import Glibc
import MimirBase
import MimirGzip
import MimirIO

/// Where converted lines go. What is there before `finish` has another name, or none.
protocol EntryTarget: AnyObject {
  /// A line without its newline.
  func append(line: UnsafeRawBufferPointer) throws(MimirError)
  func finish() throws(MimirError)
}

final class StandardOutputTarget: EntryTarget {
  func append(line: UnsafeRawBufferPointer) throws(MimirError) {
    try StandardOutput.shared.line(line)
  }

  func finish() throws(MimirError) { try StandardOutput.shared.flush() }
}

/// A plain file, written beside its place.
final class PlainTarget: EntryTarget {
  private static let size = 256 << 10

  private let place: TargetPlace
  private var file: ReplacementFile?
  private var buffer = ByteBuffer(capacity: 2 * PlainTarget.size)
  private var offset = 0

  init(_ place: TargetPlace) throws(MimirError) {
    self.place = place
    file = try place.begin()
  }

  func append(line: UnsafeRawBufferPointer) throws(MimirError) {
    buffer.append(line)
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count >= Self.size { try flush() }
  }

  func finish() throws(MimirError) {
    try flush()
    try file?.synchronize()
    guard let whole = file.take() else { return }
    try place.end(whole)
  }

  private func flush() throws(MimirError) {
    try file?.write(buffer.bytes, at: offset)
    offset += buffer.count
    buffer.truncate(to: 0)
  }
}

/// A gzip log, compressed as it is written.
final class GzipTarget: EntryTarget {
  private let place: TargetPlace
  private var log: NewLog?

  init(_ place: TargetPlace) throws(MimirError) {
    self.place = place
    let generation = try NewLog.generation(beside: place.path, system: RealSyscalls.shared)
    log = try NewLog(place.begin(), generation: generation)
  }

  func append(line: UnsafeRawBufferPointer) throws(MimirError) { try log?.append(line: line) }

  func finish() throws(MimirError) {
    try log?.finish()
    guard let whole = log.take() else { return }
    try place.end(whole.takeTarget())
  }
}
