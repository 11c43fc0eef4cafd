/// What the service knows of one client.
final class Client {
  let identity: [UInt8]
  /// Counts what is on its way to it.
  let gauge: Gauge
  /// Has said hello as one that knows MIMIR/1.
  var greeted = false
  /// What remains to be sent of a snapshot.
  var snapshot: (next: UInt64, end: UInt64)?
  /// Further ones that were asked for meanwhile.
  var moreSnapshots = 0
  var waitsForArchive = false

  init(_ identity: [UInt8], _ gauge: Gauge) {
    self.identity = identity
    self.gauge = gauge
  }

  /// Knows MIMIR/1, by the name that it has given itself.
  var isModern: Bool { identity.starts(with: Request.prefix.utf8) }

  var isIdle: Bool { snapshot == nil && !waitsForArchive && gauge.bytes == 0 }
}
