import MimirBase
import MimirJSON
import Testing

struct NDArrayTests {
  private func json(_ array: NDArray) throws(MimirError) -> String {
    let source = ExactBytes(array.data)
    defer { source.free() }
    return try json(source.view.baseAddress, array.dtype, array.shape, array.fortranOrder)
  }

  private func json(
    _ data: UnsafeRawPointer?, _ dtype: DType, _ shape: [Int], _ fortranOrder: Bool = false
  ) throws(MimirError) -> String {
    let extents = UnsafeMutableBufferPointer<Int>.allocate(capacity: shape.count)
    _ = extents.initialize(from: shape)
    defer { extents.deallocate() }
    var buffer = ByteBuffer()
    do throws(MimirError) {
      try NDArrayText.append(
        data: data, dtype: dtype, shape: UnsafeBufferPointer(extents), fortranOrder: fortranOrder,
        to: &buffer)
    } catch {
      #expect(text(buffer) == "")
      throw error
    }
    return text(buffer)
  }

  private func error(_ run: () throws -> Void) -> MimirError? {
    do {
      try run()
      return nil
    } catch { return error as? MimirError }
  }

  @Test func formOfPython() throws {
    let array = try NDArray([1, 2, 3, 4, 5, 6] as [Int32], shape: [2, 3])
    #expect(
      try json(array)
        == #"{"__ndarray__":"AQAAAAIAAAADAAAABAAAAAUAAAAGAAAA","descr":"<i4","#
        + #""fortran_order":false,"shape":[2,3]}"#)
    let fortran = try NDArray(data: [1, 2], dtype: .bool, shape: [2, 1], fortranOrder: true)
    #expect(
      try json(fortran)
        == #"{"__ndarray__":"AQI=","descr":"|b1","fortran_order":true,"shape":[2,1]}"#)
  }

  @Test func scalarAndEmpty() throws {
    let scalar = try NDArray([1.0], shape: [])
    #expect(
      try json(scalar)
        == #"{"__ndarray__":"AAAAAAAA8D8=","descr":"<f8","fortran_order":false,"shape":[]}"#)
    #expect(
      try json(nil, .float64, [3, 0])
        == #"{"__ndarray__":"","descr":"<f8","fortran_order":false,"shape":[3,0]}"#)
    #expect(try NDArray([Double]()).shape == [0])
  }

  @Test func elementsOfEachType() throws {
    #expect(try NDArray([1.0, 2.0] as [Double]).dtype == .float64)
    #expect(try NDArray([1.0, 2.0] as [Float]).data == [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40])
    #expect(try NDArray([-2] as [Int64]).data == [0xfe] + [UInt8](repeating: 0xff, count: 7))
    #expect(try NDArray([7] as [Int32]).dtype == .int32)
    #expect(try NDArray([7] as [Int32]) == NDArray([7] as [Int32], shape: [1]))
    #expect(try NDArray([7] as [Int32]) != NDArray([7] as [Int32], shape: [1, 1]))
  }

  @Test(arguments: [[3], [2, 2, 2], [-1], [0], [-2, -2]])
  func shapeThatDoesNotFit(shape: [Int]) {
    let failure = error { _ = try NDArray([1.0, 2, 3, 4], shape: shape) }
    #expect(failure?.code == .invalidArgument)
  }

  @Test func shapesThatOverflow() throws {
    for shape in [[Int.max], [Int.max, Int.max], [1 << 31, 1 << 31, 1 << 31], [Int.min]] {
      #expect(
        error { _ = try NDArray(data: [], dtype: .float64, shape: shape) }?.code == .invalidArgument
      )
      #expect(error { _ = try json(nil, .int8, shape) }?.code == .invalidArgument)
    }
    // Nothing is in it, however long the others are.
    #expect(try NDArray(data: [], dtype: .float64, shape: [Int.max, Int.max, 0]).data.isEmpty)
  }

  @Test func dimensions() throws {
    let ones = [Int](repeating: 1, count: 64)
    #expect(try NDArray([1.0], shape: ones).shape == ones)
    let failure = error { _ = try NDArray([1.0], shape: ones + [1]) }
    #expect(failure?.code == .invalidArgument)
    #expect(failure?.message.contains("65") == true)
  }

  @Test func refusesMissingAndTooMuchData() {
    #expect(error { _ = try json(nil, .float64, [1]) }?.code == .invalidArgument)
    let byte = ExactBytes([0])
    defer { byte.free() }
    #expect(error { _ = try json(byte.view.baseAddress, .float64, [1 << 28]) }?.code == .tooLarge)
    #expect(error { _ = try json(byte.view.baseAddress, .int8, [Int.max]) }?.code == .tooLarge)
  }

  @Test func typesAreThoseOfTheHeader() {
    let known: [(UInt32, String, Int)] = [
      (1, "|b1", 1), (2, "|i1", 1), (3, "<i2", 2), (4, "<i4", 4), (5, "<i8", 8), (6, "|u1", 1),
      (7, "<u2", 2), (8, "<u4", 4), (9, "<u8", 8), (10, "<f2", 2), (11, "<f4", 4), (12, "<f8", 8),
      (13, "<c8", 8), (14, "<c16", 16),
    ]
    #expect(DType.allCases.count == known.count)
    for (raw, descr, size) in known {
      #expect(DType(rawValue: raw)?.descr == descr)
      #expect(DType(rawValue: raw)?.size == size)
      #expect(DType(descr: descr)?.rawValue == raw)
    }
    for descr in ["", ">f8", "<f16", "f8", "|O", "<U4", "<f8 "] {
      #expect(DType(descr: descr) == nil)
    }
    #expect(DType(rawValue: 0) == nil)
    #expect(DType(rawValue: 15) == nil)
  }
}
