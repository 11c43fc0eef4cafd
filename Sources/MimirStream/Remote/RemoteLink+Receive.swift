import MimirBase
import MimirJSON

/// What the server says.
extension RemoteLink {
  func takeMessage() {
    guard message.count == 2, let head = ServerHead(message[0]) else { return }
    switch head {
    case .welcome(let last): takeWelcome(last)
    case .refused:
      let reason = JSONObject(text: message[1])?["reason"]?.stringValue ?? "the server has no room"
      problem = String(reason.prefix(200))
      phase = .refused(until: now + Self.refusalPause)
    case .stored(let last):
      guard phase == .ready, last <= sent else { return }
      takeRefusals(upTo: last)
      acknowledge(last)
    case .again(let last):
      guard phase == .ready, last <= sent else { return }
      // Beyond what is acknowledged: given to the log, and not in its file yet.
      start(behind: max(last, backlog.acknowledged))
    case .hello:
      if phase == .parting { phase = .over } else { sayHello() }
    case .pong: break
    case .bye: if phase == .parting { phase = .over }
    }
  }

  private func takeWelcome(_ last: UInt64) {
    guard phase == .greeting else { return }
    // A spool that was left behind may have lost its end, with the machine's power.
    guard last <= backlog.last || backlog.isAdopted else {
      problem = "\(endpoint.name) knows more of this client than it has logged"
      phase = .refused(until: now + Self.refusalPause)
      return
    }
    let about = JSONObject(text: message[1])
    if let number = about?["number"]?.intValue, (1...Int(Int32.max)).contains(number) {
      identity.number = number
    }
    window = Self.member("window", of: about, 1024...(64 << 20)) ?? window
    largestEntry = Self.member("max_entry_bytes", of: about, 1024...(1 << 30)) ?? largestEntry
    heartbeat = Self.member("heartbeat", of: about, 10...600_000) ?? heartbeat
    backlog.acknowledge(upTo: last)
    start(behind: backlog.acknowledged)
    phase = .ready
    problem = ""
    noteWelcome()
  }

  private static func member(
    _ key: String, of object: JSONObject?, _ range: ClosedRange<Int>
  ) -> Int? {
    guard let value = object?[key]?.intValue, range.contains(value) else { return nil }
    return value
  }

  private func acknowledge(_ last: UInt64) {
    var done = 0
    while done < inFlight.count, inFlight[done].last <= last {
      bytesInFlight -= inFlight[done].bytes
      done += 1
    }
    inFlight.removeFirst(done)
    let before = backlog.acknowledged
    if last > before { entriesSent += last - before }
    backlog.acknowledge(upTo: last)
  }

  /// Of entries that this acknowledgement is about; a server may say anything.
  private func takeRefusals(upTo last: UInt64) {
    guard !message[1].isEmpty, let list = (try? JSONValue.parse(message[1]))?.arrayValue else {
      return
    }
    for refusal in list.prefix(1000) {
      guard let number = refusal[0]?.intValue.flatMap(UInt64.init(exactly:)),
        number > backlog.acknowledged, number <= last
      else { continue }
      note(refused: number, String((refusal[1]?.stringValue ?? "").prefix(160)))
    }
  }
}
