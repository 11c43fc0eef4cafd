package import MimirBase

extension Nonfinite {
  /// Undoes the tagged policy: appends the object with its bare tokens and without the tag, and
  /// returns how many tokens came back.
  ///
  /// An object without a tag as its last key, with a malformed one, or with one that points at
  /// anything but `null`, is appended as it is: 0.
  package static func restore(
    _ text: UnsafeRawBufferPointer, into out: inout ByteBuffer
  ) throws(MimirError) -> Int {
    guard let tagged = tagged(text) else {
      out.append(text)
      return 0
    }
    var copied = 0
    for (offset, token) in tagged.nulls {
      out.append(UnsafeRawBufferPointer(rebasing: text[copied..<offset]))
      out.append(token.text)
      copied = offset + 4
    }
    out.append(UnsafeRawBufferPointer(rebasing: text[copied..<tagged.end]))
    out.append(UInt8(ascii: "}"))
    return tagged.nulls.count
  }

  /// Where the tokens belong, and where the object ends without its tag.
  private static func tagged(
    _ text: UnsafeRawBufferPointer
  ) -> (nulls: [(offset: Int, token: Token)], end: Int)? {
    // The tag is an object and the last member: most entries are told apart by their end.
    guard text.count > 2, text[0] == UInt8(ascii: "{"), text[text.count - 1] == UInt8(ascii: "}"),
      text[text.count - 2] == UInt8(ascii: "}"), let (key, value) = lastMember(text),
      text[key].elementsEqual(tagKeyBytes),
      text[value] == UInt8(ascii: "{")
    else { return nil }
    let tag = UnsafeRawBufferPointer(rebasing: text[value..<(text.count - 1)])
    // What goes: the comma before the key, its quote, and all after.
    let end = key.lowerBound - 2
    guard end > 0, let parsed = NonfiniteTag(parsing: tag),
      let nulls = parsed.nulls(in: UnsafeRawBufferPointer(rebasing: text[..<end]))
    else { return nil }
    return (nulls, end)
  }

  private static func lastMember(
    _ text: UnsafeRawBufferPointer
  ) -> (key: Range<Int>, value: Int)? {
    var last: (key: Range<Int>, value: Int)?
    var walker = JSONWalker(text)
    while let value = walker.next() {
      if walker.depth == 1 { last = (walker.keyRange, value.lowerBound) }
    }
    return last
  }
}
