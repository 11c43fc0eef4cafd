import Glibc
import MimirBase

/// Structs that start with `struct_size` and grow at their end: a program may hand over one of
/// another version of the header.
enum SizedStruct {
  /// Reads a struct of the caller's size over the defaults in `value`.
  static func read<Value: BitwiseCopyable>(
    _ source: UnsafePointer<Value>, into value: inout Value, smallest: Int, _ name: StaticString
  ) throws(MimirError) {
    let size = try size(of: source, smallest: smallest, name)
    let known = MemoryLayout<Value>.size
    withUnsafeMutableBytes(of: &value) { target in
      if let base = target.baseAddress { memcpy(base, source, min(size, known)) }
    }
    // A later header's fields: fine while they are left at 0, their default.
    let bytes = UnsafeRawBufferPointer(start: source, count: max(size, known))
    guard bytes[known...].allSatisfy({ $0 == 0 }) else {
      throw MimirError(
        .unsupported,
        "\(name) sets an option that this library, version 0.1.0, does not know; update the library"
      )
    }
  }

  /// Writes as much of `value` as the caller's struct has room for, and 0 behind it.
  static func write<Value: BitwiseCopyable>(
    _ value: Value, to target: UnsafeMutablePointer<Value>, smallest: Int, _ name: StaticString
  ) throws(MimirError) {
    let size = try size(of: UnsafePointer(target), smallest: smallest, name)
    let room = UnsafeMutableRawBufferPointer(start: target, count: size)
    withUnsafeBytes(of: value) { source in
      // The caller's struct_size stays as it is.
      for index in 4..<size { room[index] = index < source.count ? source[index] : 0 }
    }
  }

  private static func size<Value>(
    of source: UnsafePointer<Value>, smallest: Int, _ name: StaticString
  ) throws(MimirError) -> Int {
    let size = Int(UnsafeRawPointer(source).loadUnaligned(as: UInt32.self))
    guard size >= smallest, size <= 4096 else {
      throw MimirError(
        .invalidArgument, "struct_size of \(name) is \(size); start from its _INIT macro")
    }
    return size
  }
}
