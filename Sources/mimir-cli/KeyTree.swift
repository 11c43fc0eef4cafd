import MimirJSON

/// The members of entries by their dotted names (`loss.train`), each name with a column of its own,
/// in order of first appearance.
final class KeyTree {
  private final class Node {
    let name: String
    let key: [UInt8]
    /// nil as long as it held nothing but members.
    var column: Int?
    var children: [Node] = []
    /// Where a child is looked for first: entries of one log have much the same keys in one order.
    var next = 0
    var index: [[UInt8]: Int] = [:]

    init(_ name: String, _ key: [UInt8]) {
      self.name = name
      self.key = key
    }
  }

  private(set) var names: [String] = []
  private var columns: [String: Int] = [:]
  private let root = Node("", [])
  private var open: [Node] = []

  /// Calls `body` with the column of each value that has no members of its own, and where it stands.
  /// `entry` is checked, compact text of an object.
  func walk(
    _ entry: UnsafeRawBufferPointer, _ body: (_ column: Int, _ value: Range<Int>) -> Void
  ) {
    open.removeAll(keepingCapacity: true)
    var walker = JSONWalker(entry)
    while let value = walker.next() {
      let depth = walker.depth
      guard depth > 0 else {
        enter(root)
        continue
      }
      if open.count > depth { open.removeLast(open.count - depth) }
      guard let parent = open.last else { return }
      let node = child(of: parent, walker.key)
      let first = entry[value.lowerBound]
      if first == UInt8(ascii: "{"), hasMembers(entry, value.lowerBound) {
        enter(node)
        continue
      }
      let isContainer = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
      body(column(of: node), isContainer ? walker.skip(from: value.lowerBound) : value)
    }
  }

  private func enter(_ node: Node) {
    node.next = 0
    open.append(node)
  }

  /// Empty objects and arrays in NumPy's form are values.
  private func hasMembers(_ entry: UnsafeRawBufferPointer, _ start: Int) -> Bool {
    start + 1 < entry.count && entry[start + 1] != UInt8(ascii: "}")
      && !ValueKind.isNDArray(UnsafeRawBufferPointer(rebasing: entry[start...]))
  }

  private func column(of node: Node) -> Int {
    if let column = node.column { return column }
    // A key that has a dot in it may have the name of a member of a member.
    let column = columns[node.name] ?? names.count
    if column == names.count {
      names.append(node.name)
      columns[node.name] = column
    }
    node.column = column
    return column
  }

  private func child(of parent: Node, _ key: UnsafeRawBufferPointer) -> Node {
    if parent.next < parent.children.count {
      let node = parent.children[parent.next]
      if node.key.elementsEqual(key) {
        parent.next += 1
        return node
      }
    }
    let bytes = Array(key)
    if let place = parent.index[bytes] {
      parent.next = place + 1
      return parent.children[place]
    }
    let name = JSONEscape.string(key)
    let node = Node(parent === root ? name : "\(parent.name).\(name)", bytes)
    parent.index[bytes] = parent.children.count
    parent.children.append(node)
    parent.next = parent.children.count
    return node
  }
}
