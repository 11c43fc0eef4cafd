import Glibc
import Mimir
import MimirBase
import MimirIO
import Testing

@Suite struct ErrorPolicyTests {
  let folder = TemporaryFolder()

  @Test func aFullDiskStopsNothingAndWarnsOnce() throws {
    let collected = Collected()
    var options = Logger.Options(filename: "/dev/full", maxlen: 10)
    options.warnings = collected.sink
    let logger = try Logger(options)
    for i in 1...5 { logger.log(["i": .int(Int64(i))]) }
    #expect(logger.count == 5)
    #expect(collected.warnings.count == 1)
    #expect(collected.warnings.first?.code == .noSpace)
    #expect(logger.statistics.errors == 5)
    #expect(logger.statistics.pendingEntries == 5)
    let error = #expect(throws: MimirError.self) { try logger.tryLog(["i": 6]) }
    #expect(error?.code == .noSpace)
    #expect(throws: MimirError.self) { try logger.close() }
    #expect(logger.statistics.dropped == 6)
  }

  @Test func aForkedChildLeavesTheParentsLogAlone() throws {
    let path = folder.file("log.jsonl")
    let logger = try Logger(filename: path, maxlen: 5)
    logger.log(["i": 1])
    // What the child will go through, once before: another test may be inside the Swift runtime's
    // first use of a type at the fork, and the child would wait for it for ever.
    #expect(throws: MimirError.self) {
      try PlainLog(path: path, options: LogFileOptions(), isEntry: { _ in true })
    }
    // Other tests run beside this one, and what a thread of theirs holds at the fork, a lock of the
    // runtime or of a sanitizer, is never given back in the child. That says nothing about the logger.
    var status = try statusOfChild(with: logger, path)
    for _ in 0..<4 where status & 0x7F == SIGALRM { status = try statusOfChild(with: logger, path) }
    #expect(status == 0)
    logger.log(["i": 3])
    try logger.close()
    #expect(contents(path) == "{\"i\":1}\n{\"i\":3}\n")
  }

  /// What waitpid() says of a child that tries to use its parent's logger and file.
  private func statusOfChild(with logger: Logger, _ path: String) throws -> Int32 {
    // fork() itself is hidden from Swift.
    typealias Fork = @convention(c) () -> Int32
    let symbol = try #require(dlsym(nil, "fork"))
    let child = unsafeBitCast(symbol, to: Fork.self)()
    if child == 0 {
      alarm(20)
      var code: Int32 = 0
      do throws(MimirError) {
        try logger.tryLog(["i": 2])
        code = 1
      } catch {
        if error.code != .forked { code = 2 }
      }
      if (try? logger.close()) == nil { code = 3 }
      // The parent holds the lock; with it gone the child could open the file.
      let own = try? Logger(filename: path)
      if own != nil { code = 4 }
      _exit(code)
    }
    var status: Int32 = 0
    #expect(waitpid(child, &status, 0) == child)
    return status
  }
}
