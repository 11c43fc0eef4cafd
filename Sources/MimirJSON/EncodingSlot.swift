/// A value under construction. Containers share it by reference: a nested one is filled after its
/// parent has moved on.
final class EncodingSlot {
  private enum Content {
    case empty
    case single(Child)
    case array([Child])
    case object([(key: String, child: Child)])
  }

  enum Child {
    case value(JSONValue)
    case slot(EncodingSlot)

    var value: JSONValue {
      switch self {
      case .value(let value): value
      case .slot(let slot): slot.value
      }
    }
  }

  private var content = Content.empty

  /// Nothing encoded is an empty object, as for Foundation's encoder. As deep as the containers were,
  /// which is limited.
  var value: JSONValue {
    switch content {
    case .empty: .object(JSONObject())
    case .single(let child): child.value
    case .array(let children): .array(children.map(\.value))
    case .object(let members): .object(JSONObject(members.map { ($0.key, $0.child.value) }))
    }
  }

  /// How many elements an array has so far.
  var count: Int {
    if case .array(let children) = content { children.count } else { 0 }
  }

  /// Makes it an object; false when it is something else already.
  func becomeObject() -> Bool {
    switch content {
    case .empty: content = .object([])
    case .object: break
    case .single, .array: return false
    }
    return true
  }

  /// Makes it an array; false when it is something else already.
  func becomeArray() -> Bool {
    switch content {
    case .empty: content = .array([])
    case .array: break
    case .single, .object: return false
    }
    return true
  }

  /// Makes it one value; false when it is something already.
  func become(_ child: Child) -> Bool {
    guard case .empty = content else { return false }
    content = .single(child)
    return true
  }

  func add(_ key: String, _ child: Child) {
    guard case .object(var members) = content else { return }
    // Let go of it, so that appending does not copy.
    content = .empty
    members.append((key, child))
    content = .object(members)
  }

  func add(_ child: Child) {
    guard case .array(var children) = content else { return }
    content = .empty
    children.append(child)
    content = .array(children)
  }
}
