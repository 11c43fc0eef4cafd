import Glibc
import MimirBase
import MimirGzip
import MimirIO
import Testing

/// Logs that the fuzz targets have found to lead a reader astray.
@Suite struct MisleadingLogTests {
  let folder = TemporaryFolder()

  private func text(_ lines: some Sequence<String>) -> [UInt8] {
    lines.flatMap { Array(($0 + "\n").utf8) }
  }

  private func header(tailOffset: Int, prefix: [UInt8], length: UInt64? = nil) -> [UInt8] {
    var state = LogBuilder.state(
      compacting: false, generation: 3, tailOffset: tailOffset, prefix: prefix)
    if let length {
      state.replaceSubrange(20..<28, with: LogBuilder.little(length))
      state.replaceSubrange(32..<36, with: LogBuilder.little(LogBuilder.crc(Array(state[..<32]))))
    }
    return [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 255, 40, 0, 0x4D, 0x49, 36, 0] + state
  }

  /// A deflate block that is its text.
  private func stored(_ text: [UInt8]) -> [UInt8] {
    [0] + LogBuilder.little(UInt16(text.count)) + LogBuilder.little(~UInt16(text.count)) + text
  }

  /// Searching backwards from there, a window at a time, would take for ever.
  @Test func aTailFarBehindTheFilesEndIsNotSearchedFor() throws {
    let lines = someLines(20)
    let chunk = LogBuilder.chunk(text(lines))
    let path = folder.file("log.gz")
    put(header(tailOffset: 1 << 60, prefix: text(lines)) + chunk + [0, 1, 2], into: path)
    let (read, report) = try read(path, last: 3)
    #expect(read.suffix(3) == lines.suffix(3))
    #expect(report.torn)
  }

  /// In the chunk within which the file ends lie bytes that look like a chunk's beginning, from which
  /// one can inflate to the file's end; or like the end of a log, a chunk without text.
  @Test(arguments: [[0, 0xFF, 0xFF, 0, 0], [1, 0, 0, 0xFF, 0xFF]] as [[UInt8]])
  func theLastEntriesOfACutFileBeginAtARealChunk(lookalike: [UInt8]) throws {
    let lines = someLines(30)
    let first = text(lines.prefix(10))
    let misleading = [0, 0, 0xFF, 0xFF] + lookalike + [10]
    let second = text(lines[10..<20]) + misleading + text(lines[20...])
    let chunks = LogBuilder.chunk(first) + stored(second) + stored([])
    let whole = header(tailOffset: 52 + chunks.count, prefix: first + second) + chunks
    let path = folder.file("log.gz")
    put(Array(whole.dropLast(5 + 1)), into: path)
    let all = try read(path)
    #expect(all.lines.count == 30)
    #expect(all.report.torn && !all.report.damaged)
    for count in 0...31 {
      #expect(try read(path, last: count).lines == all.lines.suffix(count), "the last \(count)")
    }
  }

  /// No chunks hold so much text, and a counter that begins there would overflow.
  @Test func aLengthThatCannotBeIsDamage() throws {
    let path = folder.file("log.gz")
    let file =
      header(tailOffset: 52, prefix: [], length: 1 << 62)
      + LogBuilder.tail([text(someLines(3))], at: 52, prefix: [])
    put(file, into: path)
    let error = #expect(throws: MimirError.self) {
      _ = try GzipLog(path: path, options: LogFileOptions())
    }
    #expect(error?.code == .corrupt)
    #expect(bytes(of: path) == file)
  }
}
