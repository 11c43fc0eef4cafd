import MimirBase

enum LittleEndian {
  static func append<Value: FixedWidthInteger>(_ value: Value, to out: inout ByteBuffer) {
    withUnsafeBytes(of: value.littleEndian) { out.append($0) }
  }

  /// The caller has made sure that the bytes are there.
  static func load<Value: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ type: Value.Type
  ) -> Value {
    Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
  }
}
