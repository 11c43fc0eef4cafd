package import MimirBase
import MimirIO

extension GzipFollower {
  package func seekToLast(_ count: Int) throws(MimirError) {
    let start = try LogSearch.start(ofLast: max(count, 0), in: bytes)
    bytes.dropJournal()
    let header = start.tail.header
    guard let length = start.length, length <= header.prefixLength else {
      guard try seekInCutChunks(count, before: header) else { throw damaged(at: start.position) }
      return
    }
    chunk = (start.position, header.prefixLength - length)
    sum = chunk.offset == header.tailOffset ? header.prefixCRC : (chunk.text == 0 ? 0 : nil)
    given = chunk.text
    pass(
      start.lines,
      of: start.position < header.tailOffset ? start.text.bytes : start.tail.text.bytes)
    // So that it is known when the log is emptied before it is read for the first time.
    if let now = try bytes.header(), now == header { _ = try take(now) }
  }

  /// In a log that is cut short within its chunks: from the end it can't be told how much text lies
  /// before. False when it is not cut.
  private func seekInCutChunks(
    _ count: Int, before header: GzipHeader
  ) throws(MimirError) -> Bool {
    var found = 0
    let isCut = try walk(before: header) { text in
      found += LineSplitter.lines(in: text)
      return true
    }
    guard isCut else { return false }
    var left = max(found - max(count, 0), 0)
    _ = try walk(before: header) { text in
      let lines = LineSplitter.lines(in: text)
      guard lines < left else {
        pass(left, of: text)
        return false
      }
      left -= lines
      return true
    }
    return true
  }

  /// Gives each chunk's text, with `chunk` and `given` at its beginning, while `body` wants more.
  /// Returns whether the file ends within one.
  private func walk(
    before header: GzipHeader, _ body: (UnsafeRawBufferPointer) -> Bool
  ) throws(MimirError) -> Bool {
    chunk = (GzipHeader.size, 0)
    sum = 0
    given = 0
    var text = ByteBuffer()
    while chunk.offset < header.tailOffset {
      let outcome = try inflater.inflate(
        bytes, at: chunk.offset, limit: header.tailOffset, into: &text)
      guard outcome != .damaged else { throw damaged(at: chunk.offset) }
      guard body(text.bytes) else { return false }
      guard case .whole(let end) = outcome else { return true }
      sum = sum.map { CRC32.update($0, text.bytes) }
      chunk = (end, chunk.text &+ UInt64(text.count))
      given = chunk.text
    }
    return false
  }

  private func pass(_ lines: Int, of text: UnsafeRawBufferPointer) {
    let passed = UnsafeRawBufferPointer(
      rebasing: text[..<LineSplitter.length(of: lines, in: text)])
    given += UInt64(passed.count)
    mark.move(behind: passed)
  }
}
