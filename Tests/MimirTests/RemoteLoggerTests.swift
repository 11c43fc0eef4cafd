import Glibc
import Mimir
import MimirBase
import MimirIO
import TestSupport
import Testing

@Suite struct RemoteLoggerTests {
  let folder = TemporaryFolder()

  private func client(_ server: LogServer, name: String? = "test") throws -> RemoteLogger {
    var options = RemoteLogger.Options()
    options.host = "127.0.0.1"
    options.port = server.port
    options.name = name
    options.spool = folder.file("spool")
    options.asksLauncher = false
    return try RemoteLogger(options)
  }

  private func server(_ logger: Logger, port: Int = 0) throws -> LogServer {
    var options = LogServer.Options()
    options.port = port
    return try LogServer(logger, options)
  }

  private func quiet(_ name: String) -> Logger.Options {
    var options = Logger.Options(filename: folder.file(name), maxlen: 10_000)
    options.warnings = .off
    return options
  }

  private struct Point: Encodable {
    let x: Int
  }

  @Test func entriesArrive() throws {
    let logger = try Logger(quiet("log.jsonl"))
    let server = try server(logger)
    let remote = try client(server)
    remote.log(["iteration": 1, "loss": 0.5])
    try remote.tryLog(Point(x: 2))
    #expect(throws: MimirError.self) { try remote.tryLog([1, 2]) }
    try remote.flush(milliseconds: 10_000)
    #expect(remote.statistics.stored == 2 && remote.statistics.connected)
    #expect(logger[0]?["loss"]?.doubleValue == 0.5)
    #expect(logger[1]?["x"]?.intValue == 2)
    #expect(logger[1]?["remote_log"]?.stringValue == "test")
    #expect(logger[1]?["remote_seq"]?.stringValue == remote.id + ":2")
    #expect(try remote.close(milliseconds: 5000) == 0)
    #expect(try remote.close(milliseconds: 5000) == 0)
    #expect(throws: MimirError.self) { try remote.tryLog(["late": true]) }
    try server.wait(milliseconds: 5000)
    server.close()
    server.close()
    try logger.close()
  }

  /// What the log's file has not got is not acknowledged, however long that lasts; then it is there once.
  @Test(arguments: ["log.jsonl", "log.jsonl.gz"])
  func aFullDiskAtTheServerDelaysAndLosesNothing(name: String) throws {
    let system = FaultySyscalls()
    let logger = try Logger(quiet(name), system: system)
    let server = try server(logger)
    let remote = try client(server)
    remote.log(["n": 0])
    try remote.flush(milliseconds: 10_000)
    system.fail(["write", "pwrite"], first: 1, with: .error(ENOSPC))
    for number in 1...2000 { remote.log(["n": .int(Int64(number))]) }
    #expect(throws: MimirError.self) { try remote.flush(milliseconds: 600) }
    #expect(remote.statistics.stored == 1)
    system.recover()
    try remote.flush(milliseconds: 10_000)
    #expect(remote.statistics.stored == 2001 && remote.statistics.refused == 0)
    #expect(try remote.close(milliseconds: 5000) == 0)
    server.close()
    try logger.close()
    let numbers = try LogReader(folder.file(name)).map { $0["n"]?.intValue ?? -1 }
    #expect(numbers == Array(0...2000))
  }

  /// The log is all that a server needs to know what it has.
  @Test(arguments: ["log.jsonl", "log.jsonl.gz"])
  func aServerThatStartsAnewKnowsWhatItHas(name: String) throws {
    var port = 0
    do {
      let logger = try Logger(quiet(name))
      let server = try server(logger)
      port = server.port
      let remote = try client(server, name: nil)
      for number in 1...500 { remote.log(["n": .int(Int64(number))]) }
      try remote.flush(milliseconds: 10_000)
      server.close()
      try logger.close()
      // The last acknowledgements get lost: as if the client had been killed at that moment.
      for number in 501...510 { remote.log(["n": .int(Int64(number))]) }
      #expect(try remote.close(milliseconds: 0) == 10)
    }
    let logger = try Logger(quiet(name))
    let server = try server(logger, port: port)
    var options = RemoteLogger.Options()
    options.host = "127.0.0.1"
    options.port = port
    options.spool = folder.file("spool")
    let report = try RemoteLogger.sendSpools(options, milliseconds: 20_000)
    #expect(report.entries == 10 && report.spools == 1 && report.left == 0)
    #expect(server.statistics.entries == 10)
    server.close()
    try logger.close()
    let entries = try Array(LogReader(folder.file(name)))
    #expect(entries.map { $0["n"]?.intValue } == (1...510).map { $0 })
    #expect(entries.allSatisfy { $0["remote_log"]?.intValue == 1 })
  }
}
