/// The members of a JSON object, in order. Two objects are equal when their members are, in order.
///
///     var object: JSONObject = ["iteration": 1, "loss": 0.5]
///     object["loss"] = .double(0.25)
public struct JSONObject: Sendable, Hashable {
  fileprivate struct Member: Hashable, Sendable {
    let key: String
    var value: JSONValue
  }

  private var members: [Member] = []

  public init() {}

  init(_ elements: [(String, JSONValue)]) {
    members = elements.map { Member(key: $0.0, value: $0.1) }
  }

  public var count: Int { members.count }
  public var isEmpty: Bool { members.isEmpty }

  /// The keys in order; one that was appended twice stands twice.
  public var keys: [String] { members.map(\.key) }

  /// The value of a key; of one that stands twice, the last. Setting replaces that value or appends a
  /// member; setting nil removes all members of the key.
  public subscript(key: String) -> JSONValue? {
    get { members.last { $0.key == key }?.value }
    set {
      guard let newValue else { return members.removeAll { $0.key == key } }
      if let index = members.lastIndex(where: { $0.key == key }) {
        members[index].value = newValue
      } else {
        append(key: key, value: newValue)
      }
    }
  }

  /// Adds a member at the end, also when there is one of that key.
  public mutating func append(key: String, value: JSONValue) {
    members.append(Member(key: key, value: value))
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

extension JSONObject: Sequence {
  public struct Iterator: IteratorProtocol {
    fileprivate var members: IndexingIterator<[Member]>

    public mutating func next() -> (key: String, value: JSONValue)? {
      members.next().map { ($0.key, $0.value) }
    }
  }

  public func makeIterator() -> Iterator { Iterator(members: members.makeIterator()) }

  public var underestimatedCount: Int { members.count }
}
