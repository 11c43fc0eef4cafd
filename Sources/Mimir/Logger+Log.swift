public import MimirBase
import MimirIO
import MimirJSON
import Synchronization

extension Logger {
  /// Logs an entry. Never throws and never stops a training loop: what fails is counted in
  /// `statistics`, warned of once, and an entry that could not be written waits in memory until
  /// writing works again. `tryLog` is the same with errors.
  public func log(_ entry: Entry) {
    report { () throws(MimirError) in try tryLog(entry) }
  }

  /// Logs any value that encodes as an object.
  @_disfavoredOverload  // Else a literal would be a Dictionary: keys in any order, 1 as 1.0.
  public func log(_ value: some Encodable) {
    report { () throws(MimirError) in try tryLog(value) }
  }

  /// Logs an entry, and says when that failed.
  ///
  /// - Throws: `.nonfinite` (by policy), `.tooLarge`, `.tooDeep`, `.forked`, `.closed`: nothing is
  ///   stored. `.dropped`: it is in memory, but lost for the file. Any other error: it could not be
  ///   written yet; it has its number and waits in memory.
  public func tryLog(_ entry: Entry) throws(MimirError) {
    try ScratchBuffer.use { buffer throws(MimirError) in
      let tokens = try counted { () throws(MimirError) in
        try JSONValue.object(entry.object).append(to: &buffer)
      }
      buffer.append(UInt8(ascii: "\n"))
      try log(line: buffer.bytes, tokens: tokens)
    }
  }

  /// Logs any value that encodes as an object.
  ///
  /// - Throws: as `tryLog(_: Entry)`, and `.invalidArgument` when it does not encode as an object.
  @_disfavoredOverload
  public func tryLog(_ value: some Encodable) throws(MimirError) {
    try tryLog(counted { () throws(MimirError) in try Entry(encoding: value) })
  }

  /// Logs an entry given as JSON text: one object. White space between tokens is removed.
  package func log(json text: UnsafeRawBufferPointer) throws(MimirError) {
    try ScratchBuffer.use { buffer throws(MimirError) in
      let tokens = try counted { () throws(MimirError) in
        try JSONText.compactObject(text, limits: JSONLimits(maxBytes: maxEntryBytes), into: &buffer)
      }
      buffer.append(UInt8(ascii: "\n"))
      try log(line: buffer.bytes, tokens: tokens)
    }
  }

  /// Logs checked, compact text that ends with a newline and holds `tokens` bare NaN or infinity
  /// tokens.
  package func log(line: UnsafeRawBufferPointer, tokens: Int) throws(MimirError) {
    try checkProcess()
    let outcome = core._withUnsafeGuaranteedRef {
      $0.log(line, tokens: tokens, policy: nonfinite, maxBytes: maxEntryBytes)
    }
    guard let outcome else { return }
    for warning in outcome.warnings { warnings.deliver(warning) }
    if let error = outcome.error { throw error }
  }

  /// The same for a caller that can't catch.
  package func error(logging line: UnsafeRawBufferPointer, tokens: Int) -> MimirError? {
    do {
      try log(line: line, tokens: tokens)
      return nil
    } catch {
      return error
    }
  }

  /// Counts a failure that happened before the entry reached the core.
  private func counted<Result>(
    _ body: () throws(MimirError) -> Result
  ) throws(MimirError) -> Result {
    do {
      return try body()
    } catch {
      if (try? checkProcess()) != nil { state.errors.add(1, ordering: .relaxed) }
      throw error
    }
  }

  private func report(_ body: () throws(MimirError) -> Void) {
    do {
      try body()
    } catch {
      switch error.code {
      // The core has warned of these, once per streak.
      case .io, .noSpace, .notFound, .permission, .dropped, .locked, .exists, .unsupported: break
      default: warnOnce(error)
      }
    }
  }

  private func warnOnce(_ error: MimirError) {
    guard (try? checkProcess()) != nil else { return warn(error.message, code: error.code) }
    let isNew = state.state.withLockUnchecked {
      $0.warnedKeys.count < 10_000 && $0.warnedKeys.insert("\(error.code)").inserted
    }
    if isNew { warn("an entry was not logged: \(error.message)", code: error.code) }
  }
}
