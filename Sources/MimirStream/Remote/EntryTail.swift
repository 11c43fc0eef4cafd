import MimirBase
import MimirIO
import MimirJSON

/// What an entry gains behind its own members. See docs/protocol.md.
struct EntryTail {
  private struct Member {
    let key: String
    /// With its quotes: what to look for first, for most entries have none of these.
    let pattern: [UInt8]
    /// `,"key":value`
    let text: [UInt8]

    init(_ key: String, _ value: JSONValue) {
      self.key = key
      pattern = Array("\"\(key)\"".utf8)
      let object = JSONObject(dictionaryLiteral: (key, value)).text()
      text = [UInt8(ascii: ",")] + object.utf8.dropFirst().dropLast()
    }
  }

  private static let sequenceKey = Array("\"remote_seq\"".utf8)
  private var members: [Member] = []
  /// `,"remote_seq":"ID:`
  private var sequence: [UInt8] = []

  /// `number`: for a client without name. `id`: nil for one of the original protocol.
  init(name: String?, number: Int, rank: Int?, host: String?, id: String?) {
    let name = name.flatMap { $0.isEmpty ? nil : $0 }
    members.append(Member("remote_log", name.map { .string($0) } ?? JSONValue(number)))
    if let rank { members.append(Member("rank", JSONValue(rank))) }
    if let host { members.append(Member("host", .string(host))) }
    if let id { sequence = Array(",\"remote_seq\":\"\(id):".utf8) }
  }

  /// Adds them to an entry: checked, compact text, all that `line` holds.
  func append(to line: inout ByteBuffer, number: UInt64) {
    if line.contains(Self.sequenceKey) { line.removeMember("remote_seq") }
    let own = members.filter { line.contains($0.pattern) && line.hasMember($0.key) }.map(\.key)
    // Behind its last member.
    line.truncate(to: line.count - 1)
    var isFirst = line.count == 1
    for member in members where own.isEmpty || !own.contains(member.key) {
      line.append(member.text, isFirst: &isFirst)
    }
    if !sequence.isEmpty {
      line.append(sequence, isFirst: &isFirst)
      var digits = Digits(number)
      digits.withBytes { line.append($0) }
      line.append(UInt8(ascii: "\""))
    }
    line.append(UInt8(ascii: "}"))
  }
}

extension ByteBuffer {
  fileprivate mutating func append(_ member: [UInt8], isFirst: inout Bool) {
    member.withUnsafeBytes {
      append(isFirst ? UnsafeRawBufferPointer(rebasing: $0.dropFirst()) : $0)
    }
    isFirst = false
  }

  fileprivate func contains(_ pattern: [UInt8]) -> Bool {
    ByteSearch.contains(pattern, in: bytes)
  }

  fileprivate func hasMember(_ key: String) -> Bool {
    JSONMembers.of(bytes).contains { $0.key == key }
  }

  fileprivate mutating func removeMember(_ key: String) {
    let members = JSONMembers.of(bytes)
    guard members.contains(where: { $0.key == key }) else { return }
    var kept = ByteBuffer()
    kept.append(UInt8(ascii: "{"))
    for member in members where member.key != key {
      if kept.count > 1 { kept.append(UInt8(ascii: ",")) }
      kept.append(UnsafeRawBufferPointer(rebasing: bytes[member.range]))
    }
    kept.append(UInt8(ascii: "}"))
    self = kept
  }
}
