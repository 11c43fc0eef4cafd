import MimirBase

extension NDArray {
  /// The array that an object stands for: the four members of the NumPy form and no other, else nil.
  init?(_ object: JSONObject) {
    guard object.count == 4, let text = object["__ndarray__"]?.stringValue,
      let descr = object["descr"]?.stringValue, let dtype = DType(descr: descr),
      let fortranOrder = object["fortran_order"]?.boolValue,
      let extents = object["shape"]?.arrayValue
    else { return nil }
    let shape = extents.compactMap(\.intValue)
    var base64 = text
    guard shape.count == extents.count,
      let data = base64.withUTF8({ Base64Text.decode(UnsafeRawBufferPointer($0)) }),
      let array = try? NDArray(data: data, dtype: dtype, shape: shape, fortranOrder: fortranOrder)
    else { return nil }
    self = array
  }
}

extension NDArray {
  func append(to out: inout ByteBuffer) throws(MimirError) {
    let failure = data.withUnsafeBytes { data in
      shape.withUnsafeBufferPointer { shape -> MimirError? in
        do throws(MimirError) {
          try NDArrayText.append(
            data: data.baseAddress, dtype: dtype, shape: shape, fortranOrder: fortranOrder, to: &out
          )
          return nil
        } catch {
          return error
        }
      }
    }
    if let failure { throw failure }
  }
}
