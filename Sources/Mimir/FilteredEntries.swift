import MimirBase
import MimirJSON

/// What the filters have made of one entry: each distinct list of filters runs once.
struct FilteredEntries {
  /// nil: dropped.
  private var results: [(key: [ObjectIdentifier], entry: Entry?)] = []

  mutating func log(
    _ record: borrowing Record, to handler: any Handler, _ filters: [Filter],
    _ policy: NonfinitePolicy
  ) throws(MimirError) {
    let key = filters.map { ObjectIdentifier($0) }
    let entry: Entry?
    if let known = results.first(where: { $0.key == key }) {
      entry = known.entry
    } else {
      entry = Self.apply(filters, to: record.entry)
      results.append((key, entry))
    }
    guard let entry else { return }
    var exact = ByteBuffer()
    let tokens = try JSONValue.object(entry.object).append(to: &exact)
    exact.append(UInt8(ascii: "\n"))
    guard tokens > 0 else {
      return try handler.log(
        Record(sequence: record.sequence, line: exact.bytes, exact: exact.bytes))
    }
    var stored = ByteBuffer()
    let text = UnsafeRawBufferPointer(rebasing: exact.bytes.dropLast())
    try Nonfinite.apply(text, policy: policy, into: &stored) { _ in }
    stored.append(UInt8(ascii: "\n"))
    try handler.log(Record(sequence: record.sequence, line: stored.bytes, exact: exact.bytes))
  }

  private static func apply(_ filters: [Filter], to entry: Entry) -> Entry? {
    var entry = entry
    for filter in filters {
      guard let next = filter.apply(entry) else { return nil }
      entry = next
    }
    return entry
  }
}
