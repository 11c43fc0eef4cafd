package import Glibc
package import MimirBase

/// An open file, closed when it goes out of scope.
package struct FileDescriptor: ~Copyable {
  package let raw: Int32
  let system: any Syscalls
  private let generation: Int

  package init(
    opening path: String, flags: Int32, mode: mode_t = 0o666, system: any Syscalls
  ) throws(MimirError) {
    if path.utf8.contains(0) {
      throw MimirError(.invalidArgument, "the path contains a NUL byte; paths can't")
    }
    var result = 0
    repeat {
      result = system.open(path, flags | O_CLOEXEC, mode)
    } while result == -Int(EINTR)
    guard result >= 0 else { throw .system(result, "cannot open", path) }
    raw = Int32(truncatingIfNeeded: result)
    self.system = system
    generation = OpenFiles.add(raw)
  }

  deinit {
    // In a forked child it was closed at the fork, and the number may be another file's by now.
    guard generation == OpenFiles.generation else { return }
    OpenFiles.remove(raw)
    // Never retried: on Linux the descriptor is gone even when close is interrupted.
    _ = system.close(raw)
  }

  package func status(of path: String) throws(MimirError) -> stat {
    var status = stat()
    let result = system.fstat(raw, &status)
    guard result >= 0 else { throw .system(result, "cannot look at", path) }
    return status
  }

  /// Reads up to `count` bytes at `offset`; fewer only at the end of the file.
  package func read(
    into bytes: UnsafeMutableRawPointer, count: Int, at offset: Int, path: String
  ) throws(MimirError) -> Int {
    var done = 0
    while done < count {
      let result = system.pread(raw, bytes + done, count - done, offset + done)
      if result == -Int(EINTR) { continue }
      guard result >= 0 else { throw .system(result, "cannot read", path) }
      if result == 0 { break }
      done += result
    }
    return done
  }

  /// Writes at the file's end until all is written or the system refuses.
  /// Returns how much was written and the error number (0: none).
  package func append(_ bytes: UnsafeRawBufferPointer) -> (written: Int, error: Int) {
    guard let base = bytes.baseAddress else { return (0, 0) }
    var done = 0
    while done < bytes.count {
      let result = system.write(raw, base + done, bytes.count - done)
      if result == -Int(EINTR) { continue }
      if result < 0 { return (done, -result) }
      // A write of nothing, without an error, would loop for ever.
      if result == 0 { return (done, Int(EIO)) }
      done += result
    }
    return (done, 0)
  }

  /// Writes all at `offset`. Returns an error number, or 0.
  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    var done = 0
    while done < bytes.count {
      let result = system.pwrite(raw, base + done, bytes.count - done, offset + done)
      if result == -Int(EINTR) { continue }
      if result < 0 { return -result }
      if result == 0 { return Int(EIO) }
      done += result
    }
    return 0
  }

  package func truncate(to length: Int) -> Int {
    var result = 0
    repeat {
      result = system.ftruncate(raw, length)
    } while result == -Int(EINTR)
    return result
  }

  package func synchronizeData() -> Int {
    var result = 0
    repeat {
      result = system.fdatasync(raw)
    } while result == -Int(EINTR)
    return result
  }

  /// Makes a file's name durable: the directory's own fsync, once, when the file is created.
  package static func synchronizeDirectory(
    of path: String, system: any Syscalls
  ) throws(MimirError) {
    let folder = directory(of: path)
    let descriptor = try FileDescriptor(
      opening: folder, flags: O_RDONLY | O_DIRECTORY, system: system)
    let result = system.fsync(descriptor.raw)
    guard result >= 0 else { throw .system(result, "cannot synchronize the folder", folder) }
  }

  package static func directory(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
