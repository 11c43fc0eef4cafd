package import MimirBase

/// Arrays in the form that Python's mimir reads back as a NumPy array.
package enum NDArrayText {
  /// Appends `{"__ndarray__":"…","descr":"<f8","fortran_order":false,"shape":[2,3]}`; nothing when it
  /// throws. `data` has as many bytes as `shape` and `dtype` ask for, and may be nil for none.
  ///
  /// - Throws: `.invalidArgument` for a shape that no array has and for missing data; `.tooLarge` for
  ///   what no entry can hold.
  package static func append(
    data: UnsafeRawPointer?, dtype: DType, shape: UnsafeBufferPointer<Int>, fortranOrder: Bool,
    to buffer: inout ByteBuffer
  ) throws(MimirError) {
    let size = try NDArray.byteCount(of: shape, dtype)
    guard data != nil || size == 0 else {
      throw MimirError(
        .invalidArgument, "the data of an array of \(size) bytes is NULL; hand in its elements")
    }
    // Base64 takes 4 bytes for 3.
    guard size <= ObjectWriter.maxBytes / 4 * 3 else {
      throw MimirError(
        .tooLarge,
        "an array of \(size) bytes passes what an entry can hold, \(ObjectWriter.maxBytes) bytes; "
          + "log a part of it")
    }
    buffer.append("{\"__ndarray__\":\"")
    Base64Text.append(UnsafeRawBufferPointer(start: data, count: size), to: &buffer)
    buffer.append("\",\"descr\":\"")
    buffer.append(dtype.descr)
    if fortranOrder {
      buffer.append("\",\"fortran_order\":true,\"shape\":[")
    } else {
      buffer.append("\",\"fortran_order\":false,\"shape\":[")
    }
    for (index, extent) in shape.enumerated() {
      if index > 0 { buffer.append(UInt8(ascii: ",")) }
      buffer.commit(IntegerText.write(Int64(extent), to: buffer.reserve(20)))
    }
    buffer.append("]}")
  }
}
