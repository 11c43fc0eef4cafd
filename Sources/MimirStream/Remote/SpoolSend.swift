package import MimirBase
import MimirIO

/// Sends what clients that are gone have left in a spool folder.
package enum SpoolSend {
  package struct Report: Sendable {
    package var busy = 0
    package var spools: UInt64 = 0
    package var entries: UInt64 = 0
    package var refused: UInt64 = 0
    package var left: UInt64 = 0
    package var problem = ""
  }

  /// For up to so many milliseconds; -1: until all is sent.
  package static func run(
    _ options: RemoteClient.Options, milliseconds: Int
  ) throws(MimirError) -> Report {
    let endpoint = try RemoteEndpoint(options)
    let heritage = SpoolHeritage(try options.spoolFolder(), endpoint)
    let start = Clock.milliseconds()
    while !heritage.isDone, milliseconds < 0 || Clock.milliseconds() - start < milliseconds {
      guard !heritage.step() else { continue }
      var poller = Poller()
      heritage.link?.connection?.add(to: &poller)
      poller.wait(20)
    }
    heritage.end()
    heritage.countRest()
    return Report(
      busy: heritage.busy, spools: heritage.spools, entries: heritage.entries,
      refused: heritage.refused, left: heritage.left, problem: heritage.problem)
  }
}
