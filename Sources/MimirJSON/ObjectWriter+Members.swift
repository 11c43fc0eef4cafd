package import MimirBase

extension ObjectWriter {
  package mutating func setDouble(
    _ key: UnsafeRawBufferPointer, _ value: Double
  ) throws(MimirError) {
    let start = buffer.count
    let out = try beginMember(key, room: 32)
    buffer.commit(FloatText.write(value, to: out))
    try endMember(from: start)
    if !value.isFinite { nonfinite += 1 }
  }

  package mutating func setFloat(
    _ key: UnsafeRawBufferPointer, _ value: Float
  ) throws(MimirError) {
    let start = buffer.count
    let out = try beginMember(key, room: 32)
    buffer.commit(FloatText.write(value, to: out))
    try endMember(from: start)
    if !value.isFinite { nonfinite += 1 }
  }

  package mutating func setInt64(
    _ key: UnsafeRawBufferPointer, _ value: Int64
  ) throws(MimirError) {
    let start = buffer.count
    let out = try beginMember(key, room: 20)
    buffer.commit(IntegerText.write(value, to: out))
    try endMember(from: start)
  }

  package mutating func setUint64(
    _ key: UnsafeRawBufferPointer, _ value: UInt64
  ) throws(MimirError) {
    let start = buffer.count
    let out = try beginMember(key, room: 20)
    buffer.commit(IntegerText.write(value, to: out))
    try endMember(from: start)
  }

  package mutating func setBool(_ key: UnsafeRawBufferPointer, _ value: Bool) throws(MimirError) {
    try setWord(key, value ? "true" : "false")
  }

  package mutating func setNull(_ key: UnsafeRawBufferPointer) throws(MimirError) {
    try setWord(key, "null")
  }

  private mutating func setWord(
    _ key: UnsafeRawBufferPointer, _ word: StaticString
  ) throws(MimirError) {
    let start = buffer.count
    _ = try beginMember(key, room: word.utf8CodeUnitCount)
    buffer.append(word)
    try endMember(from: start)
  }

  /// Sets text, which must be UTF-8.
  package mutating func setString(
    _ key: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer
  ) throws(MimirError) {
    guard text.count <= limit else { throw tooLarge() }
    let start = buffer.count
    _ = try beginMember(key, room: text.count + 2)
    if let offset = StringText.appendQuoted(text, to: &buffer, limit: limit) {
      buffer.truncate(to: start)
      throw StringText.invalidUTF8("text", at: offset)
    }
    try endMember(from: start)
  }

  /// Sets a plain JSON array of doubles.
  package mutating func setDoubles(
    _ key: UnsafeRawBufferPointer, _ values: UnsafeBufferPointer<Double>
  ) throws(MimirError) {
    try checkDepth(adding: 1)
    let start = buffer.count
    _ = try beginMember(key, room: 2)
    var found = 0
    var before = UInt8(ascii: "[")
    for value in values {
      let out = buffer.reserve(33)
      out[0] = before
      before = UInt8(ascii: ",")
      buffer.commit(1 + FloatText.write(value, to: out + 1))
      if !value.isFinite { found += 1 }
      if buffer.count > limit { break }
    }
    if values.isEmpty { buffer.append(UInt8(ascii: "[")) }
    buffer.append(UInt8(ascii: "]"))
    try endMember(from: start)
    nonfinite += found
  }

  /// Sets an n-dimensional array; see `NDArrayText`.
  package mutating func setArray(
    _ key: UnsafeRawBufferPointer, data: UnsafeRawPointer?, dtype: DType,
    shape: UnsafeBufferPointer<Int>, fortranOrder: Bool
  ) throws(MimirError) {
    // Its object, and the list of its extents within.
    try checkDepth(adding: 2)
    let start = buffer.count
    _ = try beginMember(key, room: 0)
    do {
      try NDArrayText.append(
        data: data, dtype: dtype, shape: shape, fortranOrder: fortranOrder, to: &buffer)
    } catch {
      buffer.truncate(to: start)
      throw error
    }
    try endMember(from: start)
  }

  /// Sets a JSON value given as checked, compact text with `nonfinite` bare tokens in it, not nested
  /// too deep for where it goes.
  package mutating func setRaw(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, nonfinite: Int
  ) throws(MimirError) {
    guard value.count <= limit else { throw tooLarge() }
    let start = buffer.count
    _ = try beginMember(key, room: value.count)
    buffer.append(value)
    try endMember(from: start)
    self.nonfinite += nonfinite
  }
}
