/// The type of an array's elements. The raw values are those of the C ABI (`MIMIR_DTYPE_*`).
public enum DType: UInt32, Sendable, Hashable, CaseIterable {
  case bool = 1
  case int8 = 2
  case int16 = 3
  case int32 = 4
  case int64 = 5
  case uint8 = 6
  case uint16 = 7
  case uint32 = 8
  case uint64 = 9
  case float16 = 10
  case float32 = 11
  case float64 = 12
  case complex64 = 13
  case complex128 = 14

  /// The name NumPy has for it, e.g. `<f8`.
  public var descr: String {
    switch self {
    case .bool: "|b1"
    case .int8: "|i1"
    case .int16: "<i2"
    case .int32: "<i4"
    case .int64: "<i8"
    case .uint8: "|u1"
    case .uint16: "<u2"
    case .uint32: "<u4"
    case .uint64: "<u8"
    case .float16: "<f2"
    case .float32: "<f4"
    case .float64: "<f8"
    case .complex64: "<c8"
    case .complex128: "<c16"
    }
  }

  /// The type that NumPy has this name for; nil for types that Mímir does not store.
  public init?(descr: String) {
    guard let type = DType.allCases.first(where: { $0.descr == descr }) else { return nil }
    self = type
  }

  /// Bytes of one element.
  public var size: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64, .complex64: 8
    case .complex128: 16
    }
  }
}
