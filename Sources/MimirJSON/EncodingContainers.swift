// The three kinds of containers. Each generic `encode` stands for the protocol's list of them, but
// for the 128-bit integers, whose default refuses them.

struct KeyedPlace<Key: CodingKey>: KeyedEncodingContainerProtocol {
  private let slot: EncodingSlot
  private let place: EncodingPlace

  init(slot: EncodingSlot, parent: EncodingPlace) {
    self.slot = slot
    place = parent.container()
    if !slot.becomeObject() { place.misused("a value asked for containers of two kinds") }
  }

  var codingPath: [any CodingKey] { place.path }

  func encodeNil(forKey key: Key) throws {
    try place.check()
    slot.add(key.stringValue, .value(.null))
  }

  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    slot.add(key.stringValue, try place.inside(key).encoded(value))
  }

  func encode(_ value: Int128, forKey key: Key) throws { try encode(value.jsonValue, forKey: key) }
  func encode(_ value: UInt128, forKey key: Key) throws { try encode(value.jsonValue, forKey: key) }

  func nestedContainer<Nested>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    encoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { encoder(PlaceKey(stringValue: "super")) }

  func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }

  private func encoder(_ key: any CodingKey) -> PlaceEncoder {
    let child = EncodingSlot()
    slot.add(key.stringValue, .slot(child))
    return PlaceEncoder(slot: child, place: place.inside(key))
  }
}

struct UnkeyedPlace: UnkeyedEncodingContainer {
  private let slot: EncodingSlot
  private let place: EncodingPlace

  init(slot: EncodingSlot, parent: EncodingPlace) {
    self.slot = slot
    place = parent.container()
    if !slot.becomeArray() { place.misused("a value asked for containers of two kinds") }
  }

  var codingPath: [any CodingKey] { place.path }
  var count: Int { slot.count }

  func encodeNil() throws {
    try place.check()
    slot.add(.value(.null))
  }

  func encode<Value: Encodable>(_ value: Value) throws {
    slot.add(try here.encoded(value))
  }

  func encode(_ value: Int128) throws { try encode(value.jsonValue) }
  func encode(_ value: UInt128) throws { try encode(value.jsonValue) }

  func nestedContainer<Nested>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    encoder().container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }

  func superEncoder() -> any Encoder { encoder() }

  private var here: EncodingPlace { place.inside(PlaceKey(intValue: count)) }

  private func encoder() -> PlaceEncoder {
    let child = EncodingSlot()
    let encoder = PlaceEncoder(slot: child, place: here)
    slot.add(.slot(child))
    return encoder
  }
}

struct SinglePlace: SingleValueEncodingContainer {
  let slot: EncodingSlot
  let place: EncodingPlace

  var codingPath: [any CodingKey] { place.path }

  func encodeNil() throws { try become(.value(.null)) }

  func encode<Value: Encodable>(_ value: Value) throws { try become(place.encoded(value)) }

  func encode(_ value: Int128) throws { try encode(value.jsonValue) }
  func encode(_ value: UInt128) throws { try encode(value.jsonValue) }

  private func become(_ child: EncodingSlot.Child) throws {
    if !slot.become(child) { place.misused("a value was encoded twice in one place") }
    try place.check()
  }
}
