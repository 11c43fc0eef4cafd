public import MimirBase

/// An n-dimensional array, stored so that Python reads it back as a NumPy array.
public struct NDArray: Sendable, Hashable {
  /// How many dimensions an array may have.
  public static let maxDimensions = 64

  /// The elements without gaps, little-endian.
  public let data: [UInt8]
  public let dtype: DType
  /// The extent of each dimension; empty for a single element.
  public let shape: [Int]
  /// Whether the first index varies fastest, not the last.
  public let fortranOrder: Bool

  /// - Throws: `.invalidArgument` when `data` has not the size that `shape` and `dtype` ask for, an
  ///   extent is negative, or there are more than 64 dimensions.
  public init(
    data: [UInt8], dtype: DType, shape: [Int], fortranOrder: Bool = false
  ) throws(MimirError) {
    let size = try NDArray.byteCount(of: shape, dtype)
    guard data.count == size else {
      throw MimirError(
        .invalidArgument,
        "an array of shape \(shape) and type \(dtype.descr) has \(size) bytes, not \(data.count); "
          + "make shape and data agree")
    }
    self.data = data
    self.dtype = dtype
    self.shape = shape
    self.fortranOrder = fortranOrder
  }

  /// An array of doubles, the last index varying fastest; without a shape it has one dimension.
  public init(_ values: [Double], shape: [Int]? = nil) throws(MimirError) {
    try self.init(elements: values, .float64, shape)
  }

  /// An array of floats, the last index varying fastest; without a shape it has one dimension.
  public init(_ values: [Float], shape: [Int]? = nil) throws(MimirError) {
    try self.init(elements: values, .float32, shape)
  }

  /// An array of integers, the last index varying fastest; without a shape it has one dimension.
  public init(_ values: [Int64], shape: [Int]? = nil) throws(MimirError) {
    try self.init(elements: values, .int64, shape)
  }

  /// An array of integers, the last index varying fastest; without a shape it has one dimension.
  public init(_ values: [Int32], shape: [Int]? = nil) throws(MimirError) {
    try self.init(elements: values, .int32, shape)
  }

  private init<Element: BitwiseCopyable>(
    elements: [Element], _ dtype: DType, _ shape: [Int]?
  ) throws(MimirError) {
    let data = elements.withUnsafeBytes { [UInt8]($0) }
    try self.init(data: data, dtype: dtype, shape: shape ?? [elements.count])
  }

  /// How many bytes an array of this shape has.
  static func byteCount(
    of shape: some Collection<Int>, _ dtype: DType
  ) throws(MimirError) -> Int {
    guard shape.count <= maxDimensions else {
      throw MimirError(
        .invalidArgument,
        "an array has at most \(maxDimensions) dimensions, not \(shape.count)")
    }
    if let extent = shape.first(where: { $0 < 0 }) {
      throw MimirError(
        .invalidArgument,
        "an array's extents are 0 to \(Int.max), not \(extent); shape: \(Array(shape))")
    }
    if shape.contains(0) { return 0 }
    var size = dtype.size
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else {
        throw MimirError(
          .invalidArgument,
          "an array of shape \(Array(shape)) has more bytes than there are addresses; "
            + "give the shape of the data")
      }
      size = product
    }
    return size
  }
}
