import Mimir
import MimirIO
import Testing

@Suite struct HandlerTests {
  @Test func handlersGetWhatTheirFiltersLeave() throws {
    let even = Filter { ($0["i"]?.intValue ?? 0) % 2 == 0 ? $0 : nil }
    let marked = Filter { entry in
      var entry = entry
      entry["marked"] = true
      return entry
    }
    let (all, some, changed) = (TextHandler(), TextHandler(), TextHandler())
    let logger = try Logger(Logger.Options(maxlen: 10))
    logger.add(all)
    logger.add(some, filters: [even])
    logger.add(changed, filters: [even, marked])
    for i in 1...3 { logger.log(["i": .int(Int64(i))]) }
    #expect(all.texts == [#"1 {"i":1}"#, #"2 {"i":2}"#, #"3 {"i":3}"#])
    #expect(some.texts == [#"2 {"i":2}"#])
    #expect(changed.texts == [#"2 {"i":2,"marked":true}"#])
    #expect(logger.count == 3)
  }

  @Test func eachDistinctListOfFiltersRunsOncePerEntry() throws {
    let runs = Locked(0)
    let counting = Filter { entry in
      runs.withLockUnchecked { $0 += 1 }
      return entry
    }
    let logger = try Logger(Logger.Options())
    for _ in 1...3 { logger.add(TextHandler(), filters: [counting]) }
    logger.log(["i": 1])
    #expect(runs.withLockUnchecked { $0 } == 1)
  }

  @Test func aFailingHandlerHindersNoOther() throws {
    final class Failing: Handler {
      func log(_ record: borrowing Record) throws(MimirError) {
        throw MimirError(.io, "the plotter is on fire")
      }
    }
    let collected = Collected()
    let behind = TextHandler()
    var options = Logger.Options()
    options.warnings = collected.sink
    let logger = try Logger(options)
    logger.add(Failing())
    logger.add(behind)
    logger.log(["i": 1])
    logger.log(["i": 2])
    #expect(behind.texts.count == 2)
    // Once per streak of failures.
    #expect(collected.warnings.map(\.message) == ["the plotter is on fire"])
    #expect(logger.statistics.errors == 2)
    let error = #expect(throws: MimirError.self) { try logger.tryLog(["i": 3]) }
    #expect(error?.code == .io)
  }

  @Test func loggingFromWithinAHandlerIsAnErrorNotADeadlock() throws {
    final class Recursive: Handler {
      // The logger holds its handlers.
      unowned let logger: Logger
      let codes = Locked<[MimirError.Code]>([])
      init(_ logger: Logger) { self.logger = logger }
      func log(_ record: borrowing Record) throws(MimirError) {
        do {
          try logger.tryLog(["again": 1])
        } catch {
          let code = error.code
          codes.withLockUnchecked { $0.append(code) }
        }
      }
    }
    let logger = try Logger(Logger.Options(maxlen: 5))
    let handler = Recursive(logger)
    logger.add(handler)
    logger.log(["i": 1])
    #expect(handler.codes.withLockUnchecked { $0 } == [.invalidState])
    #expect(logger.count == 1)
  }

  @Test func theSimpleFormatIndentsNestedEntries() throws {
    let entry: Entry = [
      "iteration": 1, "config": ["lr": 0.5, "net": ["layers": [1, 2]]], "name": "Mímir", "ok": true,
    ]
    #expect(
      Formatter.simple.format(entry) == """
        iteration: 1
        config:
          lr: 0.5
          net:
            layers: [1,2]
        name: Mímir
        ok: true

        """)
  }
}
