/// The values in checked, compact text that are no objects, in order, each with the path that leads to
/// it: keys with dots between them. It checks nothing.
package struct JSONLeaves {
  package enum Kind {
    case number, string, bool, null
    /// A list, when lists are not entered, or an array in NumPy's form.
    case array
  }

  private let text: UnsafeRawBufferPointer
  private let entersLists: Bool
  private var walker: JSONWalker
  /// Up to where the path is that of the container at each depth.
  private var ends = [0, 0]
  /// What lies deeper than this is passed over.
  private var deepest = Int.max

  /// Of the last one.
  package private(set) var path: [UInt8] = []
  package private(set) var kind = Kind.null
  /// What stands in the text. Of an array: nothing.
  package private(set) var value: UnsafeRawBufferPointer

  package init(_ text: UnsafeRawBufferPointer, entersLists: Bool) {
    self.text = text
    self.entersLists = entersLists
    walker = JSONWalker(text)
    value = UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// Goes to the next one. False at the end.
  package mutating func next() -> Bool {
    while let range = walker.next() {
      let depth = walker.depth
      guard depth > 0, depth <= deepest, let first = text[range].first else { continue }
      deepest = .max
      path.removeLast(path.count - ends[depth])
      if isArray(depth) {
        deepest = depth - 1
        return leaf(.array, 0..<0)
      }
      appendName(depth)
      switch first {
      case UInt8(ascii: "["):
        if entersLists {
          open(depth)
        } else {
          deepest = depth
          return leaf(.array, 0..<0)
        }
      case UInt8(ascii: "{"): open(depth)
      case UInt8(ascii: "\""): return leaf(.string, range.dropFirst().dropLast())
      case UInt8(ascii: "t"), UInt8(ascii: "f"): return leaf(.bool, range)
      case UInt8(ascii: "n"): return leaf(.null, range)
      default: return leaf(.number, range)
      }
    }
    return false
  }

  private mutating func leaf(_ kind: Kind, _ range: Range<Int>) -> Bool {
    self.kind = kind
    value = UnsafeRawBufferPointer(rebasing: text[range])
    return true
  }

  private mutating func open(_ depth: Int) {
    if ends.count > depth + 1 { ends.removeLast(ends.count - depth - 1) }
    ends.append(path.count)
  }

  private func isArray(_ depth: Int) -> Bool {
    depth > 1 && walker.key.elementsEqual("__ndarray__".utf8)
  }

  private mutating func appendName(_ depth: Int) {
    if depth > 1 { path.append(UInt8(ascii: ".")) }
    if let index = walker.index {
      path.append(contentsOf: String(index).utf8)
    } else if walker.key.contains(UInt8(ascii: "\\")) {
      path.append(contentsOf: JSONEscape.bytes(walker.key))
    } else {
      path.append(contentsOf: walker.key)
    }
  }
}
