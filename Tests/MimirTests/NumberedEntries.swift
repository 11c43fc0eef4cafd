import Mimir

/// An entry for tests that look whether all are there, each once.
func numbered(_ number: Int, pad: Int = 0) -> Entry {
  ["i": JSONValue(number), "pad": .string(String(repeating: "x", count: pad))]
}

extension LogFollower {
  /// The numbers of the entries that are there.
  func numbers(most: Int = .max) throws -> [Int] {
    var found: [Int] = []
    while found.count < most {
      if let entry = try next(timeout: 0) {
        found.append(entry["i"]?.intValue ?? -1)
      } else if isUpToDate {
        break
      }
    }
    return found
  }
}
