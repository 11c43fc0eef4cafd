import MimirIO

/// What a log says of the entries that clients had stored in it: the highest number of each. It is all
/// there is to know, for a client's entries are stored in their order.
struct StoredEntries {
  private(set) var last: [String: UInt64] = [:]
  /// What clients without name were called by, and the highest of these numbers.
  private(set) var numbers: [String: Int] = [:]
  private(set) var highestNumber = 0

  private static let sequence = Array(",\"remote_seq\":\"".utf8)
  private static let name = Array("\"remote_log\":".utf8)
  /// What may follow, when the logger tags NaN and infinities.
  private static let tag = Array(",\"__nonfinite__\":{".utf8)

  /// Looks at the member that the server has put at the end. Its beginning, an unescaped quote behind a
  /// comma, is in no string; what is a member of an inner object is not followed by the entry's end.
  mutating func note(_ line: UnsafeRawBufferPointer) {
    guard let start = ByteSearch.last(Self.sequence, in: line) else { return }
    var at = start + Self.sequence.count
    guard at + ClientIdentity.idLength < line.count else { return }
    let id = line[at..<(at + ClientIdentity.idLength)]
    at += ClientIdentity.idLength
    guard line[at] == UInt8(ascii: ":") else { return }
    let digits = line[(at + 1)...].prefix { $0 != UInt8(ascii: "\"") }
    let rest = line[min(digits.endIndex + 1, line.count)...]
    guard rest.elementsEqual("}".utf8) || rest.starts(with: Self.tag),
      let number = Request.number(UnsafeRawBufferPointer(rebasing: digits)),
      number <= UInt64(Int64.max), ClientIdentity.isID(id)
    else { return }
    let key = String(decoding: id, as: UTF8.self)
    if number > last[key, default: 0] { last[key] = number }
    noteName(UnsafeRawBufferPointer(rebasing: line[..<start]), of: key)
  }

  private mutating func noteName(_ text: UnsafeRawBufferPointer, of id: String) {
    guard let start = ByteSearch.last(Self.name, in: text) else { return }
    let digits = text[(start + Self.name.count)...].prefix { $0 != UInt8(ascii: ",") }
    if let number = Request.number(UnsafeRawBufferPointer(rebasing: digits)),
      (1...UInt64(Int32.max)).contains(number)
    {
      numbers[id] = Int(number)
      highestNumber = max(highestNumber, Int(number))
    }
  }
}
