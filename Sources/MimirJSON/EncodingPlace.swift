import MimirBase

/// Where the encoding of one value stands: its path, and how deep it is.
struct EncodingPlace {
  let state: EncodingState
  var path: [any CodingKey] = []
  /// The containers around it.
  var depth = 0
  /// The values around it. More than containers: one that encodes as a single value adds none, and
  /// must not recurse for ever.
  private var level = 0

  private static let mostLevels = 1024

  init(state: EncodingState) { self.state = state }

  func inside(_ key: (any CodingKey)?) -> EncodingPlace {
    var place = self
    if let key { place.path.append(key) }
    return place
  }

  /// The place of a new container's children.
  func container() -> EncodingPlace {
    var place = self
    place.depth += 1
    if place.depth > ContainerKinds.most { fail(tooDeep) }
    return place
  }

  func encoded<Value: Encodable>(_ value: Value) throws -> EncodingSlot.Child {
    try check()
    if let leaf = value as? any EncodingLeaf { return .value(leaf.jsonValue) }
    var place = self
    place.level += 1
    guard place.level <= Self.mostLevels else { throw tooDeep }
    let slot = EncodingSlot()
    do {
      try value.encode(to: PlaceEncoder(slot: slot, place: place))
      try check()
    } catch {
      if state.failedPath == nil { state.failedPath = path }
      throw error
    }
    // An error on its way out would not come by here: what failed was caught.
    state.failedPath = nil
    return .slot(slot)
  }

  func check() throws(MimirError) {
    if let fault = state.fault { throw fault }
  }

  /// Notes a misuse of the encoder where nothing can be thrown.
  func misused(_ reason: String) { fail(EncodingState.failure(reason, path)) }

  private func fail(_ error: MimirError) {
    if state.fault == nil { state.fault = error }
  }

  private var tooDeep: MimirError {
    MimirError(
      .tooDeep, "the value is more than \(ContainerKinds.most) levels deep; make it flatter")
  }
}

/// The encoder that a value's `encode(to:)` gets.
struct PlaceEncoder: Encoder {
  let slot: EncodingSlot
  let place: EncodingPlace

  var codingPath: [any CodingKey] { place.path }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(KeyedPlace<Key>(slot: slot, parent: place))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    UnkeyedPlace(slot: slot, parent: place)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    SinglePlace(slot: slot, place: place)
  }
}

/// A key that is made up here: an array's index, or "super".
struct PlaceKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init(intValue: Int) {
    stringValue = String(intValue)
    self.intValue = intValue
  }
}
