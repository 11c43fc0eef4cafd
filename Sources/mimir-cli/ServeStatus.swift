import Mimir
import MimirBase
import MimirIO
import MimirJSON

/// Tells how a server is doing: in JSON, or on a line of the terminal that is drawn anew.
final class ServeStatus {
  private static let interval = 1000

  private let log: String
  private let json: Bool
  /// nil when nothing is published.
  private let publisher: Logger?
  private var next = 0
  private var entriesBefore: UInt64 = 0
  private var timeBefore = 0

  init(log: String, json: Bool, _ publisher: Logger?) {
    self.log = log
    self.json = json
    self.publisher = publisher
  }

  func begin(_ address: String, _ port: Int) throws(MimirError) {
    let out = StandardOutput.shared
    if json {
      var event: JSONObject = [
        "event": "serving", "log": .string(log), "address": .string(address),
        "port": JSONValue(port),
      ]
      if let publisher {
        event.append(key: "push_port", value: JSONValue(publisher.pushPort))
        event.append(key: "router_port", value: JSONValue(publisher.routerPort))
      }
      try out.line(JSONValue.object(event).description)
    } else {
      try out.line("serving \(log) at \(address)")
      if let publisher {
        try out.line(
          "publishing it live: ports \(publisher.pushPort) and \(publisher.routerPort)")
      }
    }
    try out.flush()
    timeBefore = Clock.milliseconds()
    next = timeBefore + Self.interval
  }

  func update(_ now: LogServer.Statistics) throws(MimirError) {
    let time = Clock.milliseconds()
    guard time >= next else { return }
    next = time + Self.interval
    if json { return try print("status", now) }
    guard Terminal.canRedraw else { return }
    let rate = Double(now.entries &- entriesBefore) * 1000 / Double(max(time - timeBefore, 1))
    (entriesBefore, timeBefore) = (now.entries, time)
    StandardError.draw(
      "\(Text.count(now.clients, "client", "clients")), "
        + "\(Text.count(now.entries, "entry", "entries")), "
        + "\(Text.grouped(Int(rate)))/s")
  }

  func erase() {
    if !json, Terminal.canRedraw { StandardError.draw("") }
  }

  func end(_ now: LogServer.Statistics) throws(MimirError) {
    if json { return try print("done", now) }
    var line =
      "stored \(Text.count(now.entries, "entry", "entries")) of "
      + "\(Text.count(now.joined, "client", "clients")) in \(log)"
    if now.timedOut > 0 {
      line += "; \(Text.count(now.timedOut, "client", "clients")) left without a word"
    }
    if now.refused > 0 {
      line += "; refused \(Text.count(now.refused, "entry", "entries"))"
    }
    try StandardOutput.shared.line(line)
  }

  private func print(_ event: String, _ now: LogServer.Statistics) throws(MimirError) {
    let object: JSONObject = [
      "event": .string(event),
      "clients": JSONValue(now.clients),
      "joined": JSONValue(now.joined),
      "timed_out": JSONValue(now.timedOut),
      "entries": JSONValue(now.entries),
      "repeated": JSONValue(now.repeated),
      "refused": JSONValue(now.refused),
      "ignored": JSONValue(now.ignored),
    ]
    try StandardOutput.shared.line(JSONValue.object(object).description)
    try StandardOutput.shared.flush()
  }

  /// On a line of its own, where the status is.
  static func warn(_ message: String) {
    if Terminal.canRedraw { StandardError.draw("") }
    StandardError.print("warning: \(message)")
  }
}
