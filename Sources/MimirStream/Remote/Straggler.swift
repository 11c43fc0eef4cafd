import MimirBase
import MimirIO
import MimirJSON

/// Every so many steps, how a number (a step's duration) compares over the ranks, and which is slowest.
struct Straggler {
  private struct Step {
    var values: [Int: Double] = [:]
    var worldSize = 0
  }

  private static let mostRanks = 100_000
  private static let mostOpenSteps = 64

  private let key: String
  private let pattern: [UInt8]
  private let stepKey: String?
  private let every: Int
  /// How many entries with the key each rank has had.
  private var counts: [Int: Int] = [:]
  private var open: [Int: Step] = [:]
  private var lastView = 0

  init?(key: String?, stepKey: String?, every: Int) throws(MimirError) {
    guard every > 0 || key != nil else { return nil }
    guard every > 0, let key, !key.isEmpty else {
      throw MimirError(.invalidArgument, "straggler_key and straggler_every go together; give both")
    }
    self.key = key
    // As it stands in a text, escapes and all.
    pattern = Array(JSONObject(dictionaryLiteral: (key, .null)).text().utf8.dropFirst().dropLast(5))
    self.stepKey = stepKey
    self.every = every
  }

  /// Takes note of an entry. Returns the view that it completes, as JSON with a newline.
  mutating func note(
    _ text: UnsafeRawBufferPointer, rank: Int, worldSize: Int?, present: Int
  ) -> ByteBuffer? {
    guard ByteSearch.contains(pattern, in: text), let value = JSONMembers.number(key, in: text),
      counts[rank] != nil || counts.count < Self.mostRanks
    else { return nil }
    let count = counts[rank, default: 0] + 1
    counts[rank] = count
    guard let step = step(in: text, count), step > 0, step % every == 0, step > lastView else {
      return nil
    }
    var values = open[step] ?? Step()
    values.values[rank] = value
    values.worldSize = max(values.worldSize, worldSize ?? present)
    open[step] = values
    if values.values.count >= values.worldSize { return view(step) }
    // One that no rank will complete any more.
    guard open.count > Self.mostOpenSteps, let oldest = open.keys.min() else { return nil }
    return view(oldest)
  }

  /// What is left of those that not all ranks have come to.
  mutating func next() -> ByteBuffer? { open.keys.min().flatMap { view($0) } }

  private func step(in text: UnsafeRawBufferPointer, _ count: Int) -> Int? {
    guard let stepKey else { return count }
    return JSONMembers.number(stepKey, in: text).flatMap { Int(exactly: $0) }
  }

  private mutating func view(_ step: Int) -> ByteBuffer? {
    guard let values = open.removeValue(forKey: step)?.values, !values.isEmpty else { return nil }
    // Ranks come to steps in their order: what lies behind this one is as complete as it gets.
    lastView = step
    open = open.filter { $0.key > step }
    let sorted = values.values.sorted()
    let middle = sorted.count / 2
    let median =
      sorted.count % 2 == 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2
    let slowest = values.max { ($0.value, $1.key) < ($1.value, $0.key) }
    let view: JSONObject = [
      "straggler": .string(key), "step": JSONValue(step), "ranks": JSONValue(sorted.count),
      "min": .double(sorted[0]), "median": .double(median),
      "max": .double(sorted[sorted.count - 1]), "slowest": JSONValue(slowest?.key ?? 0),
    ]
    var line = ByteBuffer()
    guard (try? JSONValue.object(view).append(to: &line)) != nil else { return nil }
    line.append(UInt8(ascii: "\n"))
    return line
  }
}
