public import CMimir
import MimirBase
import MimirJSON

typealias EntryPointer = UnsafeMutablePointer<ObjectWriter>

@inline(__always)
func entry(_ handle: OpaquePointer?) throws(MimirError) -> EntryPointer {
  EntryPointer(try required(handle, "entry"))
}

/// Runs a setter with its entry and key checked.
@inline(__always)
private func set(
  _ handle: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ keyLength: Int,
  _ body: (EntryPointer, UnsafeRawBufferPointer) throws(MimirError) -> Void
) -> mimir_status {
  status { () throws(MimirError) in
    let entry = try entry(handle)
    try body(entry, try text(try required(key, "key"), keyLength, "key"))
  }
}

@implementation @_cdecl("mimir_entry_new")
public func mimir_entry_new() -> OpaquePointer! {
  let entry = EntryPointer.allocate(capacity: 1)
  entry.initialize(to: ObjectWriter())
  return OpaquePointer(entry)
}

@implementation @_cdecl("mimir_entry_free")
public func mimir_entry_free(_ entry: OpaquePointer!) {
  guard let entry = entry.map({ EntryPointer($0) }) else { return }
  entry.deinitialize(count: 1)
  entry.deallocate()
}

@implementation @_cdecl("mimir_entry_clear")
public func mimir_entry_clear(_ entry: OpaquePointer!) {
  entry.map { EntryPointer($0) }?.pointee.clear()
}

@implementation @_cdecl("mimir_entry_set_int64")
public func mimir_entry_set_int64(
  _ entry: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ keyLength: Int, _ value: Int64
) -> mimir_status {
  set(entry, key, keyLength) { entry, key throws(MimirError) in
    try entry.pointee.setInt64(key, value)
  }
}

@implementation @_cdecl("mimir_entry_set_uint64")
public func mimir_entry_set_uint64(
  _ entry: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ keyLength: Int, _ value: UInt64
) -> mimir_status {
  set(entry, key, keyLength) { entry, key throws(MimirError) in
    try entry.pointee.setUint64(key, value)
  }
}

@implementation @_cdecl("mimir_entry_set_double")
public func mimir_entry_set_double(
  _ entry: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ keyLength: Int, _ value: Double
) -> mimir_status {
  set(entry, key, keyLength) { entry, key throws(MimirError) in
    try entry.pointee.setDouble(key, value)
  }
}

@implementation @_cdecl("mimir_entry_set_float")
public func mimir_entry_set_float(
  _ entry: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ keyLength: Int, _ value: Float
) -> mimir_status {
  set(entry, key, keyLength) { entry, key throws(MimirError) in
    try entry.pointee.setFloat(key, value)
  }
}

@implementation @_cdecl("mimir_entry_set_bool")
public func mimir_entry_set_bool(
  _ entry: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ keyLength: Int, _ value: Bool
) -> mimir_status {
  set(entry, key, keyLength) { entry, key throws(MimirError) in
    try entry.pointee.setBool(key, value)
  }
}

@implementation @_cdecl("mimir_entry_set_string")
public func mimir_entry_set_string(
  _ entry: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ keyLength: Int,
  _ value: UnsafePointer<CChar>!, _ length: Int
) -> mimir_status {
  set(entry, key, keyLength) { entry, key throws(MimirError) in
    try entry.pointee.setString(key, try text(value, length, "value"))
  }
}

@implementation @_cdecl("mimir_entry_set_null")
public func mimir_entry_set_null(
  _ entry: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ keyLength: Int
) -> mimir_status {
  set(entry, key, keyLength) { entry, key throws(MimirError) in try entry.pointee.setNull(key) }
}

@implementation @_cdecl("mimir_entry_begin_object")
public func mimir_entry_begin_object(
  _ entry: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ keyLength: Int
) -> mimir_status {
  set(entry, key, keyLength) { entry, key throws(MimirError) in try entry.pointee.beginObject(key) }
}

@implementation @_cdecl("mimir_entry_end_object")
public func mimir_entry_end_object(_ handle: OpaquePointer!) -> mimir_status {
  status { () throws(MimirError) in try entry(handle).pointee.endObject() }
}

@implementation @_cdecl("mimir_entry_set_json")
public func mimir_entry_set_json(
  _ entry: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ keyLength: Int,
  _ json: UnsafePointer<CChar>!, _ length: Int
) -> mimir_status {
  set(entry, key, keyLength) { entry, key throws(MimirError) in
    let json = try text(try required(json, "json"), length, "json")
    var value = ByteBuffer()
    let tokens = try JSONText.compactValue(
      json, limits: JSONLimits(maxBytes: 1 << 30), depth: entry.pointee.depth + 1, into: &value)
    try entry.pointee.setRaw(key, value.bytes, nonfinite: tokens)
  }
}

@implementation @_cdecl("mimir_entry_set_doubles")
public func mimir_entry_set_doubles(
  _ entry: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ keyLength: Int,
  _ values: UnsafePointer<Double>!, _ count: Int
) -> mimir_status {
  set(entry, key, keyLength) { entry, key throws(MimirError) in
    guard count >= 0 else { throw MimirError(.invalidArgument, "count is past the address space") }
    if count > 0 { _ = try required(values, "values") }
    try entry.pointee.setDoubles(key, UnsafeBufferPointer(start: values, count: count))
  }
}

@implementation @_cdecl("mimir_entry_set_array")
public func mimir_entry_set_array(
  _ entry: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ keyLength: Int,
  _ data: UnsafeRawPointer!, _ dtype: UInt32, _ shape: UnsafePointer<Int>!, _ ndim: Int,
  _ order: UInt32
) -> mimir_status {
  set(entry, key, keyLength) { entry, key throws(MimirError) in
    guard let type = DType(rawValue: dtype) else {
      throw MimirError(.invalidArgument, "dtype \(dtype) is none of MIMIR_DTYPE_*")
    }
    guard order <= 1 else {
      throw MimirError(.invalidArgument, "order \(order) is none of MIMIR_ORDER_*")
    }
    guard (0...64).contains(ndim) else {
      throw MimirError(.invalidArgument, "ndim is \(ndim); it must be 0 to 64")
    }
    if ndim > 0 { _ = try required(shape, "shape") }
    try entry.pointee.setArray(
      key, data: data, dtype: type, shape: UnsafeBufferPointer(start: shape, count: ndim),
      fortranOrder: order == 1)
  }
}
