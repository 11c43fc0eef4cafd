import Glibc
import MimirBase
import Testing

@testable import MimirStream

private func bytes<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
  Array(text.utf8).withUnsafeBytes(body)
}

@Suite struct RequestTests {
  @Test func knowsTheThreeRequests() {
    #expect(bytes("ICANHAZ?") { Request($0) } == .snapshot)
    #expect(bytes("MIMIR/1 info") { Request($0) } == .info)
    #expect(
      bytes("MIMIR/1 entries 0af3 17") { Request($0) } == .entries(run: "0af3", from: 17, to: nil))
    #expect(
      bytes("MIMIR/1 entries r 1 18446744073709551615") { Request($0) }
        == .entries(run: "r", from: 1, to: .max))
  }

  @Test(arguments: [
    "", "ICANHAZ", "ICANHAZ? ", "MIMIR/1", "MIMIR/1 ", "MIMIR/2 info", "MIMIR/1 info now",
    "MIMIR/1 entries", "MIMIR/1 entries r", "MIMIR/1 entries r x", "MIMIR/1 entries r -1",
    "MIMIR/1 entries r 1 2 3", "MIMIR/1 entries r 1 ", "MIMIR/1 entries r 18446744073709551616",
    "MIMIR/1  info", "mimir/1 info", "\u{0}", "MIMIR/1 entries r 1 99999999999999999999999999",
  ])
  func ignoresAllElse(text: String) { #expect(bytes(text) { Request($0) } == nil) }

  @Test func ignoresWhatIsTooLong() {
    let run = String(repeating: "r", count: 1100)
    #expect(bytes("MIMIR/1 entries \(run) 1") { Request($0) } == nil)
  }
}

@Suite struct EntryStoreTests {
  private func store(_ numbers: ClosedRange<UInt64>, maxlen: Int) -> EntryStore {
    var store = EntryStore(maxlen: maxlen)
    for number in numbers { bytes("{\(number)}") { store.add(number, $0) } }
    return store
  }

  @Test func holdsTheLastOnes() {
    let store = store(1...100, maxlen: 10)
    #expect(store.first == 91 && store.last == 100)
    #expect(store.withEntry(90) { _ in true } == nil)
    #expect(store.withEntry(101) { _ in true } == nil)
    #expect(store.withEntry(95) { String(decoding: $0, as: UTF8.self) } == "{95}")
  }

  @Test func isEmptyAtFirst() {
    let store = EntryStore(maxlen: 10)
    #expect(store.first == 1 && store.last == 0)
  }

  @Test func answersAreLimited() {
    let store = store(1...100, maxlen: 1000)
    var out = ByteBuffer()
    #expect(store.read(from: 98, limit: ReadLimit(entries: 10, bytes: 1000), into: &out) == 3)
    #expect(String(decoding: out.bytes, as: UTF8.self) == "{98}\n{99}\n{100}\n")
    out.truncate(to: 0)
    #expect(store.read(from: 1, limit: ReadLimit(entries: 2, bytes: 1000), into: &out) == 2)
    out.truncate(to: 0)
    // One is always among them.
    #expect(store.read(from: 1, limit: ReadLimit(entries: 10, bytes: 1), into: &out) == 1)
    #expect(store.read(from: 101, limit: ReadLimit(entries: 10, bytes: 1), into: &out) == 0)
  }

  /// What the queue had no room for never comes here; the numbers go on all the same.
  @Test func aGapLeavesWhatFollowsIt() {
    var store = store(1...50, maxlen: 100)
    bytes("{60}") { store.add(60, $0) }
    #expect(store.first == 60 && store.last == 60)
    #expect(store.withEntry(60) { String(decoding: $0, as: UTF8.self) } == "{60}")
  }
}

@Suite struct EntryQueueTests {
  @Test func givesWhatItWasGivenInOrder() {
    var queue = EntryQueue(limit: 1 << 20)
    for number in UInt64(1)...1000 { #expect(bytes("{\(number)}") { queue.add(number, $0) }) }
    #expect(queue.count == 1000)
    for number in UInt64(1)...1000 {
      #expect(queue.first == number)
      #expect(String(decoding: queue.take(), as: UTF8.self) == "{\(number)}")
      if number % 7 == 0 { queue.tidy() }
    }
    #expect(queue.isEmpty && queue.first == nil && queue.count == 0)
  }

  @Test func isBoundedButTakesOneOfAnySize() {
    var queue = EntryQueue(limit: 10)
    let long = String(repeating: "x", count: 100)
    #expect(bytes(long) { queue.add(1, $0) })
    #expect(!bytes("y") { queue.add(2, $0) })
    #expect(queue.count == 1)
  }
}

@Suite struct EndpointsTests {
  @Test(arguments: [
    ("127.0.0.1", true), ("localhost", true), ("::1", true), ("ipc:///tmp/x", true),
    ("127.8.9.10", true), ("0.0.0.0", false), ("*", false), ("10.0.0.1", false), ("::", false),
    ("127.evil.example", false), ("example.org", false),
  ])
  func tellsWhatOthersCanReach(host: String, isLoopback: Bool) throws {
    #expect(try Endpoints(host).isLoopback == isLoopback)
  }

  @Test func namesThem() throws {
    let named = try Endpoints("node7")
    #expect(named.bindEndpoint(port: 0, isRouter: false) == "tcp://node7:*")
    #expect(named.connectEndpoint(port: 5557, isRouter: true) == "tcp://node7:5557")
    #expect(try Endpoints("::1").bindEndpoint(port: 1, isRouter: false) == "tcp://[::1]:1")
    let path = try Endpoints("ipc:///tmp/run")
    #expect(path.bindEndpoint(port: 0, isRouter: false) == "ipc:///tmp/run")
    #expect(path.connectEndpoint(port: 1, isRouter: true) == "ipc:///tmp/run.router")
    #expect(Endpoints.port(of: "tcp://127.0.0.1:4711") == 4711)
    #expect(Endpoints.port(of: "ipc:///tmp/run") == 0)
    for bad in ["", "a b", "a\n"] {
      #expect(throws: MimirError.self) { try Endpoints(bad) }
    }
  }
}

@Suite struct DigitsTests {
  @Test(arguments: [0, 1, 9, 10, 4711, UInt64.max])
  func areTheNumber(number: UInt64) {
    var digits = Digits(number)
    #expect(digits.withBytes { String(decoding: $0, as: UTF8.self) } == "\(number)")
  }
}

@Suite final class KeyFileTests {
  let folder: String

  init() {
    var template = Array("/tmp/mimir-keys-XXXXXX".utf8CString)
    _ = mkdtemp(&template)
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in ["a", "a.pub", "b"] { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }

  private func put(_ text: String, mode: mode_t) {
    let fd = open("\(folder)/b", O_WRONLY | O_CREAT | O_TRUNC, mode)
    _ = write(fd, text, text.utf8.count)
    close(fd)
    chmod("\(folder)/b", mode)
  }

  @Test func aPairIsItsOwnersAlone() throws {
    let path = "\(folder)/a"
    try KeyFile.generate(path)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    let pair = try KeyFile.pair(path)
    #expect(try KeyFile.publicKey(path + ".pub") == pair.publicKey)
    #expect(pair.secretKey?.count == 40)
    let again = #expect(throws: MimirError.self) { try KeyFile.generate(path) }
    #expect(again?.code == .exists)
    let open = #expect(throws: MimirError.self) { try KeyFile.pair(path + ".pub") }
    #expect(open?.code == .permission || open?.code == .invalidArgument)
    chmod(path, 0o640)
    let readable = #expect(throws: MimirError.self) { try KeyFile.pair(path) }
    #expect(readable?.code == .permission && readable?.message.contains("chmod 600") == true)
  }

  @Test func readsWhatPyzmqWrites() throws {
    let path = "\(folder)/a"
    try KeyFile.generate(path)
    let pair = try KeyFile.pair(path)
    put(
      "#   ****  Generated by pyzmq  ****\n\nmetadata\ncurve\n"
        + "    public-key = \"\(pair.publicKey)\"\n    secret-key = \"\(pair.secretKey ?? "")\"\n",
      mode: 0o600)
    let read = try KeyFile.pair("\(folder)/b")
    #expect(read.publicKey == pair.publicKey && read.secretKey == pair.secretKey)
  }

  @Test(arguments: ["", "public-key = \"short\"", "public-key", "# public-key = \"x\"", "\u{0}"])
  func refusesWhatIsNoKey(text: String) {
    put(text, mode: 0o600)
    let error = #expect(throws: MimirError.self) { try KeyFile.pair("\(folder)/b") }
    #expect(error?.code == .invalidArgument)
  }
}
