import MimirBase
import MimirIO
import Testing

@Suite struct PlainLogReaderTests {
  let folder = TemporaryFolder()

  private func last(_ count: Int, of text: String) throws -> [String] {
    let path = folder.file("log-\(text.hashValue)-\(count)")
    put(text, into: path)
    let reader = try PlainLogReader(path: path)
    var lines: [String] = []
    try reader.seekToLast(count)
    while let line = try reader.next() { lines.append(String(decoding: line, as: UTF8.self)) }
    #expect(reader.endsLine == (text.isEmpty || text.last == "\n"))
    return lines
  }

  @Test func givesTheLastLinesInOrder() throws {
    #expect(try last(2, of: "a\nb\nc\n") == ["b", "c"])
    #expect(try last(3, of: "a\nb\nc\n") == ["a", "b", "c"])
    #expect(try last(9, of: "a\nb\nc\n") == ["a", "b", "c"])
    #expect(try last(0, of: "a\n") == [])
    #expect(try last(.max, of: "") == [])
    #expect(try last(1, of: "a\n\n") == [""])
    #expect(try last(2, of: "a\nb\nc\ntorn") == ["b", "c", "torn"])
    #expect(try last(0, of: "a\ntorn") == ["torn"])
    #expect(try last(5, of: "torn") == ["torn"])
  }

  @Test(arguments: [1, 2, 3, 100])
  func worksAcrossBlocks(count: Int) throws {
    let lines = (0..<50).map { String(repeating: "x", count: $0 * 3001 % 140_000) + "\($0)" }
    let text = lines.joined(separator: "\n") + "\n"
    #expect(try last(count, of: text) == Array(lines.suffix(count)))
  }
}
