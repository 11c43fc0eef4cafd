package import Glibc
package import MimirBase
package import MimirIO

/// A file that is written beside another and takes its place once it is whole. One that does not get
/// that far is removed.
package struct ReplacementFile: ~Copyable {
  let file: FileDescriptor
  let path: String
  private let system: any Syscalls
  private let generation: Int
  private var placed = false

  /// Begins a new file at `path`; what a killed process has left there goes. `status` is that of the
  /// file whose owner and permissions it gets.
  package init(at path: String, like status: stat, system: any Syscalls) throws(MimirError) {
    let removed = path.withCString { system.unlink($0) }
    guard removed >= 0 || removed == -Int(ENOENT) else {
      throw .system(removed, "cannot remove", path)
    }
    file = try FileDescriptor(
      opening: path, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600, system: system)
    self.path = path
    self.system = system
    generation = OpenFiles.generation
    // Where the system does not permit it, the file stays its writer's own.
    _ = fchown(file.raw, status.st_uid, status.st_gid)
    _ = fchmod(file.raw, status.st_mode & 0o777)
  }

  deinit {
    guard !placed, generation == OpenFiles.generation else { return }
    _ = path.withCString { system.unlink($0) }
  }

  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(MimirError) {
    let error = file.write(bytes, at: offset)
    guard error == 0 else { throw .system(error, "cannot write to", path) }
  }

  func truncate(to length: Int) throws(MimirError) {
    let result = file.truncate(to: length)
    guard result >= 0 else { throw .system(result, "cannot cut", path) }
  }

  /// On the disk before it has the name: else a power cut could leave the name with nothing behind
  /// it, and what it replaced would be gone.
  package func synchronize() throws(MimirError) {
    let result = file.synchronizeData()
    guard result >= 0 else { throw .system(result, "cannot bring to the disk", path) }
  }

  /// Gives it the name `place`, in one step, in place of what has that name.
  package mutating func take(place: String) throws(MimirError) {
    let result = path.withCString { old in place.withCString { system.rename(old, $0) } }
    guard result >= 0 else { throw .system(result, "cannot replace", place) }
    placed = true
  }

  /// The same, unless something has that name already.
  package mutating func take(freePlace place: String) throws(MimirError) {
    let result = path.withCString { old in
      place.withCString { Int(renameAt(AT_FDCWD, old, AT_FDCWD, $0, Self.noReplace)) }
    }
    if result == 0 {
      placed = true
      return
    }
    let number = errno
    guard number == EINVAL || number == ENOSYS else {
      if number == EEXIST { throw Self.exists(place) }
      throw .system(Int(number), "cannot name", place)
    }
    // A file system that can't do it in one step.
    if access(place, F_OK) == 0 { throw Self.exists(place) }
    try take(place: place)
  }

  package static func exists(_ path: String) -> MimirError {
    MimirError(
      .exists, "\(path) is there already; use another name, or ask for it to be overwritten")
  }

  // From <stdio.h>, where Swift's importer does not see it.
  private static let noReplace: UInt32 = 1
}

@_silgen_name("renameat2") private func renameAt(
  _ oldFolder: Int32, _ old: UnsafePointer<CChar>, _ newFolder: Int32,
  _ new: UnsafePointer<CChar>, _ flags: UInt32
) -> Int32
