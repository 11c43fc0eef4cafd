import Glibc
import MimirBase
import MimirJSON
import Testing

@testable import MimirStream

@Suite struct RemotePartsTests {
  @Test(arguments: [
    "MIMIR/1 hello", "MIMIR/1 ping", "MIMIR/1 bye", "MIMIR/1 entries 1 1",
    "MIMIR/1 entries 9223372036854775807 20",
  ])
  func headsThatMakeSense(text: String) { #expect(text.bytes { ClientHead($0) } != nil) }

  @Test(arguments: [
    "", "MIMIR/1", "MIMIR/1 ", "MIMIR/1 hello 1", "MIMIR/1 entries", "MIMIR/1 entries 1",
    "MIMIR/1 entries 0 1", "MIMIR/1 entries 1 0", "MIMIR/1 entries -1 1", "MIMIR/1 entries 1 1 1",
    "MIMIR/1 entries 9223372036854775808 1", "MIMIR/1 entries 99999999999999999999999 1",
    "MIMIR/1 entries 1  1", "MIMIR/2 ping", "mimir/1 ping", "MIMIR/1 stored 1", "ping",
    "MIMIR/1 ping" + String(repeating: " ", count: 200),
  ])
  func headsThatMakeNone(text: String) { #expect(text.bytes { ClientHead($0) } == nil) }

  @Test func serverHeads() {
    #expect("MIMIR/1 welcome 0".bytes { ServerHead($0) } == .welcome(last: 0))
    #expect("MIMIR/1 stored 12".bytes { ServerHead($0) } == .stored(last: 12))
    #expect("MIMIR/1 again 3".bytes { ServerHead($0) } == .again(last: 3))
    #expect("MIMIR/1 welcome".bytes { ServerHead($0) } == nil)
    #expect("MIMIR/1 pong 1".bytes { ServerHead($0) } == nil)
  }

  @Test func identitiesSurviveTheWire() throws {
    var identity = try ClientIdentity.make()
    identity.name = "a \"name\"\n"
    identity.rank = 3
    identity.host = "é"
    #expect(ClientIdentity(identity.object) == identity)
    #expect(ClientIdentity.isID(identity.id.utf8))
    #expect(try ClientIdentity.make().id != identity.id)
  }

  @Test(arguments: [
    "{}", #"{"id":"short"}"#, #"{"id":"abcdefghijklmno/"}"#, #"{"id":1}"#,
    #"{"id":"abcdefghijklmnop","rank":-1}"#, #"{"id":"abcdefghijklmnop","rank":2147483648}"#,
    #"{"id":"abcdefghijklmnop","rank":"1"}"#, #"{"id":"abcdefghijklmnop","name":1}"#,
    #"{"id":"abcdefghijklmnop","host":["x"]}"#,
  ])
  func identitiesThatMakeNoSense(text: String) throws {
    let object = try #require(text.bytes { JSONObject(text: $0) })
    #expect(ClientIdentity(object) == nil)
  }

  @Test(arguments: [
    (#"{"a":1}"#, #"{"a":1,"remote_log":"n","rank":2,"host":"h","remote_seq":"I:7"}"#),
    ("{}", #"{"remote_log":"n","rank":2,"host":"h","remote_seq":"I:7"}"#),
    (#"{"rank":"x"}"#, #"{"rank":"x","remote_log":"n","host":"h","remote_seq":"I:7"}"#),
    (
      #"{"a":{"rank":1,"remote_seq":"x"},"b":["host"]}"#,
      #"{"a":{"rank":1,"remote_seq":"x"},"b":["host"],"remote_log":"n","rank":2,"host":"h","remote_seq":"I:7"}"#
    ),
    (#"{"remote_seq":"x"}"#, #"{"remote_log":"n","rank":2,"host":"h","remote_seq":"I:7"}"#),
    (
      #"{"a":[1,{"b":2}],"remote_seq":{"x":[1]},"c":"\"remote_log\":1","remote_seq":2}"#,
      #"{"a":[1,{"b":2}],"c":"\"remote_log\":1","remote_log":"n","rank":2,"host":"h","remote_seq":"I:7"}"#
    ),
    (
      #"{"remote_log":1,"rank":2,"host":3}"#,
      #"{"remote_log":1,"rank":2,"host":3,"remote_seq":"I:7"}"#
    ),
  ])
  func whatEntriesGain(entry: String, gained: String) {
    let tail = EntryTail(name: "n", number: 5, rank: 2, host: "h", id: "I")
    var line = ByteBuffer()
    line.append(entry)
    tail.append(to: &line, number: 7)
    #expect(String(decoding: line.bytes, as: UTF8.self) == gained)
  }

  @Test func anOriginalClientsEntryGainsANumberOnly() {
    let tail = EntryTail(name: "", number: 5, rank: nil, host: nil, id: nil)
    var line = ByteBuffer()
    line.append(#"{"a":1}"#)
    tail.append(to: &line, number: 0)
    #expect(String(decoding: line.bytes, as: UTF8.self) == #"{"a":1,"remote_log":5}"#)
  }

  private static let id = "abcdefghijklmnop"

  private static let lines: [(String, UInt64)] = [
    (#"{"a":1,"remote_log":4,"host":"h","remote_seq":"\#(id):12"}"#, 12),
    (#"{"remote_log":4,"remote_seq":"\#(id):9","__nonfinite__":{"/a":"NaN"}}"#, 9),
    // An inner object's, a text's, another's, and what is none.
    (#"{"a":{"b":1,"remote_seq":"\#(id):12"}}"#, 0),
    (#"{"a":{"b":1,"remote_seq":"\#(id):12"},"remote_log":"1","remote_seq":"\#(id):3"}"#, 3),
    (#"{"a":",\"remote_seq\":\"\#(id):12\"}"}"#, 0),
    (#"{"a":1,"remote_seq":"\#(id):12","b":2}"#, 0),
    (#"{"a":1,"remote_seq":"\#(id)"}"#, 0),
    (#"{"a":1,"remote_seq":"\#(id):"}"#, 0),
    (#"{"a":1,"remote_seq":"\#(id):1"#, 0),
    (#"{"a":1,"remote_seq":"\#(id):1""#, 0),
    (#"{"a":1,"remote_seq":"\#(id):99999999999999999999"}"#, 0),
    (#"{"a":1,"remote_seq":"abc/efghijklmnop:1"}"#, 0),
    (#"{"a":1,"remote_seq":""#, 0),
    ("", 0),
  ]

  @Test(arguments: lines)
  func whatALogSaysIsStored(line: String, number: UInt64) {
    var stored = StoredEntries()
    line.bytes { stored.note($0) }
    #expect(stored.last[Self.id, default: 0] == number)
    #expect(stored.highestNumber == (line.contains(#""remote_log":4"#) ? 4 : 0))
  }

  @Test func stragglers() throws {
    var straggler = try #require(try Straggler(key: "t", stepKey: nil, every: 2))
    func note(_ rank: Int, _ value: String) -> String? {
      #"{"x":{"t":0},"t":\#(value)}"#.bytes {
        text(straggler.note($0, rank: rank, worldSize: 3, present: 3))
      }
    }
    #expect(note(0, "1") == nil && note(1, "1") == nil && note(2, "1") == nil)
    #expect(note(0, #""text""#) == nil && note(0, "null") == nil)
    #expect(note(0, "2") == nil && note(2, "5.5") == nil)
    #expect(
      note(1, "-1")
        == #"{"straggler":"t","step":2,"ranks":3,"min":-1.0,"median":2.0,"max":5.5,"slowest":2}"#
        + "\n")
    #expect(note(0, "1") == nil && note(0, "4") == nil)
    // At the end, with those who have come so far.
    let rest = text(straggler.next())
    #expect(rest?.contains(#""step":4,"ranks":1,"min":4.0"#) == true)
    #expect(text(straggler.next()) == nil)
    #expect(throws: MimirError.self) { try Straggler(key: nil, stepKey: nil, every: 2) }
    #expect(throws: MimirError.self) { try Straggler(key: "t", stepKey: nil, every: 0) }
    #expect(try Straggler(key: nil, stepKey: nil, every: 0) == nil)
  }

  @Test func stragglersByAStepOfTheirOwn() throws {
    var straggler = try #require(try Straggler(key: "t", stepKey: "step", every: 10))
    for step in [9, 10, 11] {
      for rank in 0..<2 {
        let view = #"{"step":\#(step),"t":\#(rank)}"#.bytes {
          text(straggler.note($0, rank: rank, worldSize: nil, present: 2))
        }
        #expect((view != nil) == (step == 10 && rank == 1))
      }
    }
  }

  @Test func linesInMemory() {
    var queue = LineQueue()
    for number in 1...100 as ClosedRange<UInt64> {
      #expect("\(number)\n".bytes { queue.add(number, $0, limit: 1000) })
    }
    #expect(!String(repeating: "x", count: 900).bytes { queue.add(101, $0, limit: 1000) })
    var out = ByteBuffer()
    #expect(queue.read(from: 98, limit: ReadLimit(entries: 2, bytes: 100), into: &out) == 2)
    #expect(String(decoding: out.bytes, as: UTF8.self) == "98\n99\n")
    queue.remove(upTo: 97)
    #expect(queue.count == 3 && queue.first == 98)
    #expect(queue.read(from: 97, limit: .answer, into: &out) == 0)
    #expect(queue.read(from: 101, limit: .answer, into: &out) == 0)
    // One entry is always given.
    #expect(queue.read(from: 100, limit: ReadLimit(entries: 9, bytes: 1), into: &out) == 1)
    queue.remove(upTo: 200)
    #expect(queue.isEmpty && queue.size == 0)
  }
}

extension String {
  fileprivate func bytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    var copy = self
    return copy.withUTF8 { body(UnsafeRawBufferPointer($0)) }
  }
}

private func text(_ buffer: consuming ByteBuffer?) -> String? {
  switch consume buffer {
  case .none: nil
  case .some(let buffer): String(decoding: buffer.bytes, as: UTF8.self)
  }
}
