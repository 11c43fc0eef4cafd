/// A label and its dimensions, as entries write them.
struct MetricName: Hashable, Comparable {
  let label: String
  /// In braces; empty when there are none.
  let dimensions: String

  /// The order in which dimensions were given makes no difference.
  init(_ label: String, _ dimensions: [(String, String)]) {
    self.label = Self.escaped(label)
    let pairs = dimensions.map { "\(Self.escaped($0.0))=\(Self.escaped($0.1))" }.sorted()
    self.dimensions = pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
  }

  func key(suffix: String) -> String { label + suffix + dimensions }

  static func < (left: MetricName, right: MetricName) -> Bool {
    (left.label, left.dimensions) < (right.label, right.dimensions)
  }

  private static let special = Set("\\{},=".utf8)

  /// So that different metrics have different names.
  private static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: special.contains) else { return text }
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if special.contains(byte) { bytes.append(UInt8(ascii: "\\")) }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
