import CMimir
import Glibc
import MimirBase

/// Runs the body of an exported function: an error becomes its status and the thread's message.
@inline(__always)
func status(_ body: () throws(MimirError) -> Void) -> mimir_status {
  do {
    try body()
    return mimir_status(MIMIR_OK)
  } catch {
    LastError.set(error)
    return error.code.rawValue
  }
}

/// Checks a pointer argument.
@inline(__always)
func required<Pointer>(_ pointer: Pointer?, _ name: StaticString) throws(MimirError) -> Pointer {
  guard let pointer else { throw missing(name) }
  return pointer
}

private func missing(_ name: StaticString) -> MimirError {
  MimirError(.invalidArgument, "\(name) is NULL")
}

/// Text by pointer and length, where the length may be MIMIR_NUL_TERMINATED.
@inline(__always)
func text(
  _ data: UnsafePointer<CChar>?, _ length: Int, _ name: StaticString
) throws(MimirError) -> UnsafeRawBufferPointer {
  guard let data else {
    if length == 0 { return UnsafeRawBufferPointer(start: nil, count: 0) }
    throw missing(name)
  }
  // `size_t` is Int here, so MIMIR_NUL_TERMINATED arrives as -1.
  if length >= 0 { return UnsafeRawBufferPointer(start: data, count: length) }
  guard length == -1 else {
    throw MimirError(.invalidArgument, "the length of \(name) is past the address space")
  }
  return UnsafeRawBufferPointer(start: data, count: strlen(data))
}

/// A path, which ends with a NUL.
func path(_ pointer: UnsafePointer<CChar>?) throws(MimirError) -> String {
  let pointer = try required(pointer, "path")
  guard let path = String(validatingCString: pointer) else {
    throw MimirError(.invalidUTF8, "the path is not valid UTF-8")
  }
  return path
}

/// A copy for the caller, who frees it with mimir_free(); a NUL follows it.
func handOver(
  _ bytes: UnsafeRawBufferPointer, _ data: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
  _ length: UnsafeMutablePointer<Int>
) -> MimirError? {
  guard let copy = malloc(bytes.count + 1) else {
    return MimirError(.outOfMemory, "no memory for \(bytes.count) bytes")
  }
  if let base = bytes.baseAddress { memcpy(copy, base, bytes.count) }
  let text = copy.assumingMemoryBound(to: CChar.self)
  text[bytes.count] = 0
  data.pointee = text
  length.pointee = bytes.count
  return nil
}
