import Logging
import Mimir
import MimirLogging
import Testing

@Suite struct MimirLogHandlerTests {
  let log: Mimir.Logger
  let server: Logging.Logger

  init() throws {
    var options = Mimir.Logger.Options(maxlen: 10)
    options.warnings = .off
    let log = try Mimir.Logger(options)
    self.log = log
    server = Logging.Logger(label: "server") { label in
      MimirLogHandler(label: label, logger: log, metadataProvider: nil)
    }
  }

  @Test func aRecordIsAnEntry() throws {
    server.notice("started", metadata: ["port": "8080"], source: "main")
    let entry = try #require(log[-1])
    #expect(entry.keys == ["timestamp", "level", "label", "message", "source", "metadata"])
    #expect(entry["level"] == "notice")
    #expect(entry["label"] == "server")
    #expect(entry["message"] == "started")
    #expect(entry["source"] == "main")
    #expect(entry["metadata"] == ["port": "8080"])
  }

  @Test func timestampsAreSecondsSince1970InOrder() throws {
    server.info("one")
    server.info("two")
    let times = log.entries.compactMap { $0["timestamp"]?.doubleValue }
    let first = try #require(times.first)
    let last = try #require(times.last)
    #expect(times.count == 2)
    // After this was written, and in seconds: in milliseconds it would be a thousand times that.
    #expect(first > 1_700_000_000 && first < 100_000_000_000)
    #expect(first <= last)
  }

  @Test func aRecordWithoutMetadataHasNone() {
    server.info("quiet")
    #expect(log[-1]?["metadata"] == nil)
    #expect(log[-1]?["source"] == "MimirLoggingTests")
  }

  @Test func locationIsThereWhenAskedFor() throws {
    var located = server
    located.handler = MimirLogHandler(label: "server", logger: log, location: true)
    located.info("here", file: "a/b.swift", function: "f()", line: 7)
    let entry = try #require(log[-1])
    #expect(entry["file"] == "a/b.swift")
    #expect(entry["line"] == 7)
    #expect(entry["function"] == "f()")
  }

  @Test func anErrorHasTypeAndMessage() {
    struct Refused: Error, CustomStringConvertible {
      var description: String { "refused by \"db\"" }
    }
    server.error("no database", error: Refused())
    #expect(log[-1]?["error"]?["message"] == "refused by \"db\"")
    let type = log[-1]?["error"]?["type"]?.stringValue
    #expect(type?.hasSuffix("Refused") == true)
  }

  @Test func levelsBelowTheLoggersAreLeftOut() {
    var copy = server
    copy.logLevel = .warning
    copy.info("no", metadata: ["costly": "\(fail())"])
    copy.warning("yes")
    server.debug("no")
    #expect(log.entries.map { $0["message"] } == ["yes"])

    func fail() -> String {
      Issue.record("a message below the level was made all the same")
      return ""
    }
  }

  /// The requirement that swift-log's documentation states, as a test it gives.
  @Test func levelAndMetadataAreValues() {
    var first = server
    first.logLevel = .debug
    first[metadataKey: "only-on"] = "first"
    var second = first
    second.logLevel = .error
    second[metadataKey: "only-on"] = "second"
    #expect(first.logLevel == .debug)
    #expect(second.logLevel == .error)
    #expect(first[metadataKey: "only-on"] == "first")
    #expect(second[metadataKey: "only-on"] == "second")
    first.info("of the first")
    #expect(log[-1]?["metadata"] == ["only-on": "first"])
  }

  @Test func theRecordsMetadataGoesOverTheProvidersOverTheHandlers() {
    let provider = Logging.Logger.MetadataProvider {
      ["a": "provider", "b": "provider", "c": "provider"]
    }
    var handler = MimirLogHandler(label: "server", logger: log, metadataProvider: provider)
    handler.metadata = ["a": "handler", "d": "handler"]
    var server = server
    server.handler = handler
    server.info("merged", metadata: ["b": "record", "e": "record"])
    #expect(
      log[-1]?["metadata"]
        == ["a": "provider", "b": "record", "c": "provider", "d": "handler", "e": "record"])
  }

  /// A handler that wraps another one may still call the entry point of swift-log 1.0.
  @available(*, deprecated)
  @Test func theOldestEntryPointReachesIt() {
    server.handler.log(
      level: .info, message: "old", metadata: nil, file: "a/b.swift", function: "f()", line: 7)
    #expect(log[-1]?["message"] == "old")
  }

  @Test func aClosedLogStopsNobody() throws {
    try log.close()
    server.critical("after the end")
    #expect(log.count == 0)
    #expect(log.statistics.errors == 1)
  }
}
