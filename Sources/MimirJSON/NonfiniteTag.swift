import MimirBase

/// The value of the key `__nonfinite__`: which places hold which token.
///
/// Keys may stand twice in an object, and so may pointers. The last value at a pointer is the one it
/// means, for the writer and the reader.
struct NonfiniteTag {
  private struct Place {
    let token: Nonfinite.Token
    var offset: Int?
  }

  private var places: [[UInt8]: Place] = [:]
  private var order: [[UInt8]] = []

  var isEmpty: Bool { places.isEmpty }

  mutating func add(_ pointer: [UInt8], _ token: Nonfinite.Token, at offset: Int) {
    if places.updateValue(Place(token: token, offset: offset), forKey: pointer) == nil {
      order.append(pointer)
    }
  }

  /// Puts the tag before the closing brace with which `out` ends; `text` is the object as it was.
  func append(for text: UnsafeRawBufferPointer, to out: inout ByteBuffer) throws(MimirError) {
    // A later value of the same key hides a token from readers: no tag for that one.
    let meant = resolved(in: text) { Nonfinite.Token(text, $0) != nil }
    guard meant.values.contains(where: { $0.offset != nil }) else { return }
    out.truncate(to: out.count - 1)
    out.append(",\"")
    out.append(Nonfinite.tagKey)
    out.append("\":{")
    var isFirst = true
    for pointer in order {
      guard let place = meant[pointer], place.offset != nil else { continue }
      if !isFirst { out.append(UInt8(ascii: ",")) }
      isFirst = false
      try Self.append(pointer, to: &out)
      out.append(":\"")
      out.append(place.token.text)
      out.append(UInt8(ascii: "\""))
    }
    out.append("}}")
  }

  private static func append(_ pointer: [UInt8], to out: inout ByteBuffer) throws(MimirError) {
    var failure: MimirError?
    pointer.withUnsafeBytes {
      do throws(MimirError) { try StringText.append($0, to: &out) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// The places, each at the last value of its pointer; without an offset where `isMeant` says no.
  private func resolved(
    in text: UnsafeRawBufferPointer, isMeant: (Range<Int>) -> Bool
  ) -> [[UInt8]: Place] {
    var result = places
    for pointer in order { result[pointer]?.offset = nil }
    var walker = JSONWalker(text)
    while let value = walker.next() {
      let pointer = walker.pointer()
      guard result[pointer] != nil else { continue }
      result[pointer]?.offset = isMeant(value) ? value.lowerBound : nil
    }
    return result
  }

  /// Reads a tag; nil unless it is an object of pointers, each once, to the three strings.
  init?(parsing tag: UnsafeRawBufferPointer) {
    var walker = JSONWalker(tag)
    guard walker.next() != nil else { return nil }
    while let value = walker.next() {
      let pointer = JSONEscape.bytes(walker.key)
      let text = UnsafeRawBufferPointer(rebasing: tag[value])
      guard walker.depth == 1, text.count > 2, text[0] == UInt8(ascii: "\""),
        let token = Nonfinite.Token(
          rawValue: String(decoding: text.dropFirst().dropLast(), as: UTF8.self)),
        places.updateValue(Place(token: token, offset: nil), forKey: pointer) == nil
      else { return nil }
      order.append(pointer)
    }
    if isEmpty { return nil }
  }

  init() {}

  /// Where in `text`, and in order, tokens stand for `null`; nil unless all pointers lead to one.
  func nulls(in text: UnsafeRawBufferPointer) -> [(offset: Int, token: Nonfinite.Token)]? {
    var result: [(offset: Int, token: Nonfinite.Token)] = []
    let meant = resolved(in: text) { $0.count == 4 && text[$0.lowerBound] == UInt8(ascii: "n") }
    for place in meant.values {
      guard let offset = place.offset else { return nil }
      result.append((offset, place.token))
    }
    return result.sorted { $0.offset < $1.offset }
  }
}
