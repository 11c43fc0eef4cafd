import Glibc
package import MimirBase
package import MimirIO

/// Takes over a gzip file that Mímir did not write: from gzip, Python, the original gzlog, of one
/// member or several.
package enum GzipConversion {
  /// Rewrites the file in Mímir's form beside itself, and renames that over it; until then the file
  /// is only read. The caller holds the lock on it, and opens the path anew afterwards.
  ///
  /// `isEntry` decides about a last line without newline: a whole entry gets one, a torn one is cut.
  /// nil keeps the text as it is. Returns how many bytes of text were cut.
  package static func convert(
    path: String, durable: Bool, system: any Syscalls,
    isEntry: ((UnsafeRawBufferPointer) -> Bool)?
  ) throws(MimirError) -> Int {
    let path = resolved(path)
    let file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK, system: system)
    let status = try file.status(of: path)
    // Another process that shares the log may have been first.
    guard try isForeign(file, path: path) else { return 0 }

    var log = try NewLog(
      ReplacementFile(at: path + ".converting", like: status, system: system),
      generation: NewLog.generation(beside: path, system: system))
    var lastLine = LastLine()
    let outcome = try GzipText.read(file, path: path) { text throws(MimirError) in
      if isEntry == nil { return try log.append(text) }
      try lastLine.pass(text) { whole throws(MimirError) in try log.append(whole) }
    }
    guard outcome == .whole else { throw refused(path, outcome) }
    let cut = try end(lastLine.text, of: &log, path: path, isEntry)
    try log.finish()
    try log.take(place: path, system: system)
    if durable { try FileDescriptor.synchronizeDirectory(of: path, system: system) }
    return cut
  }

  /// The file itself, where the path is a symbolic link: a rename would replace the link.
  static func resolved(_ path: String) -> String {
    guard !path.utf8.contains(0), let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(validatingCString: real) ?? path
  }

  private static func isForeign(
    _ file: borrowing FileDescriptor, path: String
  ) throws(MimirError) -> Bool {
    var start = ByteBuffer(capacity: GzipHeader.size)
    start.commit(
      try file.read(
        into: start.reserve(GzipHeader.size), count: GzipHeader.size, at: 0, path: path))
    guard GzipText.isGzip(start.bytes) else {
      throw MimirError(
        .corrupt,
        "\(path) is not a gzip file, though its name ends in .gz; nothing was changed; "
          + "use another name, or open it to be truncated")
    }
    return GzipHeader(start.bytes) == nil
  }

  private static func refused(_ path: String, _ outcome: GzipText.Outcome) -> MimirError {
    MimirError(
      .corrupt,
      "\(path) is a damaged gzip file (\(outcome.description)); nothing was changed: "
        + "save what can be read with `mimir repair`, or use another file")
  }

  private static func end(
    _ line: UnsafeRawBufferPointer, of log: inout NewLog, path: String,
    _ isEntry: ((UnsafeRawBufferPointer) -> Bool)?
  ) throws(MimirError) -> Int {
    guard let isEntry, let first = line.first else { return 0 }
    if isEntry(line) {
      try log.append(line: line)
      return 0
    }
    // Only what can be the torn beginning of an entry is cut, never somebody's other file.
    guard first == UInt8(ascii: "{") || first == 0 else {
      throw MimirError(
        .corrupt,
        "\(path) is not a JSON Lines log: its last line does not begin with '{' and has no newline "
          + "at its end; nothing was changed; use another file, or open this one to be truncated")
    }
    return line.count
  }
}

/// Holds back what follows the last newline.
struct LastLine: ~Copyable {
  private static let longest = 1 << 30
  private var held = ByteBuffer()

  var text: UnsafeRawBufferPointer { held.bytes }

  mutating func pass(
    _ text: UnsafeRawBufferPointer,
    _ onWhole: (UnsafeRawBufferPointer) throws(MimirError) -> Void
  ) throws(MimirError) {
    guard let newline = text.lastIndex(of: UInt8(ascii: "\n")) else {
      held.append(text)
      guard held.count <= Self.longest else {
        throw MimirError(.corrupt, "a line of more than 1 GiB; this is no log")
      }
      return
    }
    if !held.isEmpty {
      try onWhole(held.bytes)
      held.truncate(to: 0)
    }
    try onWhole(UnsafeRawBufferPointer(rebasing: text[...newline]))
    held.append(UnsafeRawBufferPointer(rebasing: text[(newline + 1)...]))
  }
}
