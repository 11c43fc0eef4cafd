/// The members of the outermost object of checked, compact text, and where they stand.
package enum JSONMembers {
  package struct Member {
    package let key: String
    /// From its key's first quote to its value's end.
    package let range: Range<Int>
    /// Where the value begins.
    package let value: Int
  }

  package static func of(_ text: UnsafeRawBufferPointer) -> [Member] {
    var starts: [(key: String, start: Int, value: Int)] = []
    var walker = JSONWalker(text)
    while let value = walker.next() {
      guard walker.depth == 1 else { continue }
      starts.append(
        (JSONEscape.string(walker.key), walker.keyRange.lowerBound - 1, value.lowerBound))
    }
    return starts.indices.map { index in
      // Behind it come a comma and the next one's quote, or the brace.
      let end = index + 1 < starts.count ? starts[index + 1].start - 1 : text.count - 1
      let member = starts[index]
      return Member(
        key: member.key, range: member.start..<max(end, member.start), value: member.value)
    }
  }

  /// The number that a member is; nil when it is none, or not there.
  package static func number(_ key: String, in text: UnsafeRawBufferPointer) -> Double? {
    guard let member = of(text).last(where: { $0.key == key }) else { return nil }
    let value = text[min(member.value, member.range.upperBound)..<member.range.upperBound]
    guard let first = value.first, first == UInt8(ascii: "-") || first &- UInt8(ascii: "0") < 10
    else { return nil }
    return Double(String(decoding: value, as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
  }
}
