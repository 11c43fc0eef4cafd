import Glibc
import MimirBase
package import MimirIO

extension GzipLog {
  /// A large batch goes in slices, so that a nearly full disk still takes what it can, and a full one
  /// costs little each time it is tried.
  private static let batchSlice = 64 << 10

  package func append(_ lines: UnsafeRawBufferPointer) -> WriteOutcome {
    if shared {
      if let error = verify() { return WriteOutcome(accepted: 0, error: error) }
      return exclusively {
        if let error = self.followOthers() { return WriteOutcome(accepted: 0, error: error) }
        return self.appendSlices(lines)
      }
    }
    if Clock.coarseMilliseconds() &- verifiedAt >= Self.verifyInterval, let error = verify() {
      return WriteOutcome(accepted: 0, error: error)
    }
    return appendSlices(lines)
  }

  func appendSlices(_ lines: UnsafeRawBufferPointer) -> WriteOutcome {
    if disturbed || moving != nil, let error = settleFailures() {
      return WriteOutcome(accepted: 0, error: error)
    }
    var done = 0
    while done < lines.count {
      let next = sliceEnd(lines, from: done)
      let text = UnsafeRawBufferPointer(rebasing: lines[done..<next])
      if moving != nil, let error = makeRoom(for: text.count) {
        return WriteOutcome(accepted: done, error: error)
      }
      if let error = appendText(text) { return WriteOutcome(accepted: done, error: error) }
      remember(text)
      done = next
    }
    return WriteOutcome(accepted: done, error: synchronize())
  }

  /// The end of the last line that begins within a slice's length.
  private func sliceEnd(_ lines: UnsafeRawBufferPointer, from start: Int) -> Int {
    guard lines.count - start > Self.batchSlice else { return lines.count }
    let newline = UInt8(ascii: "\n")
    let rest = lines[(start + Self.batchSlice)...]
    return rest.firstIndex(of: newline).map { $0 + 1 } ?? lines.count
  }

  private func appendText(_ text: UnsafeRawBufferPointer) -> MimirError? {
    let crc = CRC32.update(end.crc, text)
    let length = end.length + UInt64(text.count)
    out.truncate(to: 0)
    let offset = TailLayout.append(text, at: end.offset, crc: crc, length: length, to: &out)
    defer {
      if out.capacity > 4 << 20 {
        out.truncate(to: 0)
        out.shrink(to: 0)
      }
    }
    let error = writeOverEnd(out.bytes)
    guard error == 0 else { return .system(error, "cannot write to", path) }
    end = TailWalk.Place(offset: offset, length: length, crc: crc)
    return nil
  }

  /// Writes the new end of the file over the old one, so that a kill at any point leaves the one or
  /// the other. Returns an error number or 0; after an error the old end is back, or `disturbed`.
  private func writeOverEnd(_ bytes: UnsafeRawBufferPointer) -> Int {
    let border = (end.offset / TailLayout.page + 1) * TailLayout.page - end.offset
    if bytes.count > border {
      let beyond = UnsafeRawBufferPointer(rebasing: bytes[border...])
      let error = file.write(beyond, at: end.offset + border)
      if error != 0 { return restoreEnd(after: error) }
    }
    let first = UnsafeRawBufferPointer(rebasing: bytes[..<min(border, bytes.count)])
    let error = file.write(first, at: end.offset)
    return error == 0 ? 0 : restoreEnd(after: error)
  }

  private func restoreEnd(after error: Int) -> Int {
    disturbed = writeEnd() != nil
    return error
  }

  /// Writes the end that belongs at `end`, and cuts what follows.
  func writeEnd() -> MimirError? {
    var bytes = ByteBuffer()
    TailLayout.appendEnd(at: end.offset, crc: end.crc, length: end.length, to: &bytes)
    let error = file.write(bytes.bytes, at: end.offset)
    guard error == 0 else { return .system(error, "cannot write to", path) }
    // Padding may have come before it.
    end.offset += bytes.count - TailLayout.endSize
    let cut = file.truncate(to: end.offset + TailLayout.endSize)
    if surplus != nil {
      // This was what a compaction had left to do.
      surplus = nil
      letReadersIn()
    }
    return cut < 0 ? .system(cut, "cannot cut", path) : nil
  }

  /// What an earlier failure has left is put right before anything new is written.
  func settleFailures() -> MimirError? {
    if let error = makeRoom(for: 0) { return error }
    if disturbed {
      if let error = writeEnd() { return error }
      disturbed = false
    }
    return nil
  }
}
