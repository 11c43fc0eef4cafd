import Glibc
import MimirBase
import MimirIO

extension Subscriber {
  /// The next entry of those that are here; nil when there is none, or one before it is missing.
  func deliver() -> Delivery? {
    if let delivery = deliverBlock() { return delivery }
    if let delivery = deliverSnapshot() { return delivery }
    guard !holdsLive else { return nil }
    while let sequence = live.first {
      if let expected, sequence < expected {
        // Seen already, or of a run that begins.
        guard startsOver(sequence, expected) else {
          _ = live.take()
          continue
        }
      } else if let expected, sequence > expected {
        if mode == .modern, !cannotAsk {
          ask(from: expected, to: sequence - 1)
          return nil
        }
        statistics.miss(sequence - expected)
      }
      expected = sequence &+ 1
      return Delivery(sequence: sequence, text: live.take())
    }
    if nextRun != nil { startOver() }
    if mode == .modern, !unsure, let expected, expected <= knownLast {
      ask(from: expected, to: knownLast)
    }
    return nil
  }

  /// Whether live entries must wait for something.
  var holdsLive: Bool { mode == .hello || snapshotting }

  /// How many there are, and so which are the last ones, shows at its end; and so does whether it is of
  /// another run than what was delivered before the connection was lost.
  var holdsSnapshot: Bool {
    guard snapshotting else { return false }
    if case .last = options.past { return true }
    return isSecond
  }

  func deliverBlock() -> Delivery? {
    while blockPosition < block.count, blockNext <= blockLast, let base = block.base {
      let start = UnsafeRawPointer(base + blockPosition)
      let left = block.count - blockPosition
      let newline = memchr(start, Int32(UInt8(ascii: "\n")), left)
      let end = newline.map { UnsafeRawPointer($0) - start } ?? left
      blockPosition += end + 1
      let sequence = blockNext
      blockNext &+= 1
      if let expected, sequence < expected { continue }
      expected = sequence &+ 1
      return Delivery(
        sequence: sequence, text: UnsafeRawBufferPointer(start: start, count: end))
    }
    blockPosition = block.count
    return nil
  }

  private func deliverSnapshot() -> Delivery? {
    guard !holdsSnapshot else { return nil }
    while let sequence = snapshot.first {
      let text = snapshot.take()
      if let expected, sequence < expected { continue }
      expected = sequence &+ 1
      return Delivery(sequence: sequence, text: text)
    }
    return nil
  }

  /// A publisher that can't be asked: a number that falls is a new run.
  private func startsOver(_ sequence: UInt64, _ expected: UInt64) -> Bool {
    switch mode {
    case .modern, .hello:
      // It may be; the answer tells.
      askInfo(soonest: 100)
      return false
    case .live, .original:
      statistics.restarts &+= 1
      return true
    }
  }

  /// What comes next from the sockets; nil when all that was there is taken in.
  func receive() -> Delivery? {
    receiveAnswers()
    if let delivery = deliver() { return delivery }
    guard !unsure else { return nil }
    var taken = 0
    while taken < 1000, message.receive(from: sockets.sub) {
      taken += 1
      guard message.count == 2, let sequence = Answer.sequence(message[0]) else { continue }
      if live.isEmpty, !holdsLive, sequence == expected || expected == nil {
        expected = sequence &+ 1
        return Delivery(sequence: sequence, text: message[1])
      }
      if liveWait == nil { liveWait = LiveWait() }
      // Where there is no room for it, it is asked for later.
      if !live.add(sequence, message[1]) { knownLast = max(knownLast, sequence) }
      if let delivery = deliver() { return delivery }
    }
    return nil
  }
}
