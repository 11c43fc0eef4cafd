import ArgumentParser
import Mimir
import MimirBase

struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take the entries of many processes into one log.",
    discussion: """
      Serves remote loggers, and clients of the original project, until it is interrupted (SIGINT, \
      SIGTERM, SIGHUP) or, with --until-done, until all have left; then the log is complete and the exit status \
      0. What is acknowledged is in the log, once, also when the server is killed and started anew with \
      the same log.
      """)

  @Argument(help: "The log, plain or .gz; one that is there goes on.", completion: .file())
  var log: String

  @OptionGroup(title: "Where")
  var place: ServePlace

  @OptionGroup(title: "Log")
  var options: ServeLogOptions

  @Flag(help: "End when all clients have left.")
  var untilDone = false

  @Flag(help: "Print JSON: a line when it serves, one each second, and one at the end.")
  var json = false

  func validate() throws {
    try place.check()
    try options.check()
  }

  func run() throws {
    // Before there are threads, which inherit it.
    Interrupts.block()
    let logger = try Logger(options.logger(log, place))
    let server = try LogServer(logger, options.server(place))
    let status = ServeStatus(log: log, json: json, options.stream ? logger : nil)
    try status.begin(place.address(server.port), server.port)
    try wait(server, status)
    server.close()
    status.erase()
    try logger.close()
    try status.end(server.statistics)
    if server.statistics.refused > 0 { throw ExitStatus.incomplete.error }
  }

  private func wait(_ server: LogServer, _ status: ServeStatus) throws(MimirError) {
    while !Interrupts.came(within: 100) {
      try status.update(server.statistics)
      guard untilDone else { continue }
      do throws(MimirError) {
        return try server.wait(milliseconds: 0)
      } catch {
        if error.code != .timedOut { throw error }
      }
    }
  }
}
