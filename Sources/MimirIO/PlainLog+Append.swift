import Glibc
import MimirBase

extension PlainLog {
  package func append(_ lines: UnsafeRawBufferPointer) -> WriteOutcome {
    if shared && identity != nil {
      // A sharing writer checks at every flush: the size is needed anyway.
      if let error = verify() { return WriteOutcome(accepted: 0, error: error) }
      return exclusively { appendShared(lines) }
    }
    if Clock.coarseMilliseconds() &- verifiedAt >= Self.verifyInterval, let error = verify() {
      return WriteOutcome(accepted: 0, error: error)
    }
    return appendExclusive(lines)
  }

  private func appendShared(_ lines: UnsafeRawBufferPointer) -> WriteOutcome {
    // Another writer may have died inside a write; its lock went with it, its half line did not.
    do {
      if Int(try file.status(of: path).st_size) != verifiedSize { torn = true }
    } catch {
      return WriteOutcome(accepted: 0, error: error)
    }
    let outcome = appendExclusive(lines)
    lastAppend = (verifiedSize, outcome.accepted)
    verifiedSize += outcome.accepted
    return outcome
  }

  private func appendExclusive(_ lines: UnsafeRawBufferPointer) -> WriteOutcome {
    if torn, let error = mend() { return WriteOutcome(accepted: 0, error: error) }
    if !rescued.isEmpty, let error = writeRescued() {
      return WriteOutcome(accepted: 0, error: error)
    }
    let (written, number) = file.append(lines)
    if number == 0 { return WriteOutcome(accepted: written, error: synchronize()) }
    let error = MimirError.system(number, "cannot write to", path)
    return WriteOutcome(accepted: keepWholeLines(of: lines, written: written), error: error)
  }

  private func writeRescued() -> MimirError? {
    let (written, number) = file.append(rescued.bytes)
    if number == 0 {
      rescued = ByteBuffer()
      return nil
    }
    rescued.removeFirst(keepWholeLines(of: rescued.bytes, written: written))
    return .system(number, "cannot write to", path)
  }

  /// After a write that stopped short: cuts the file back to the last whole line.
  private func keepWholeLines(of lines: UnsafeRawBufferPointer, written: Int) -> Int {
    let whole =
      lines.prefix(written).lastIndex(of: UInt8(ascii: "\n")).map { $0 - lines.startIndex + 1 } ?? 0
    guard whole < written, identity != nil else { return whole }
    var status = stat()
    if system.fstat(file.raw, &status) >= 0,
      file.truncate(to: Int(status.st_size) - (written - whole)) >= 0
    {
      return whole
    }
    torn = true
    return whole
  }
}
