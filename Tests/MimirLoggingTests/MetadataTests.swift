import Logging
import Mimir
import MimirLogging
import Testing

@Suite struct MetadataTests {
  private func json(_ metadata: Logging.Logger.Metadata) throws -> String? {
    let log = try Mimir.Logger(filename: nil, maxlen: 1)
    var handler = MimirLogHandler(label: "", logger: log, metadataProvider: nil)
    handler.metadata = metadata
    handler.log(
      event: LogEvent(
        level: .info, message: "", metadata: nil, source: "", file: "", function: "", line: 0))
    return log[-1]?["metadata"]?.description
  }

  @Test func keysAreInAlphabeticalOrder() throws {
    #expect(try json(["c": "3", "a": "1", "b": "2"]) == #"{"a":"1","b":"2","c":"3"}"#)
  }

  @Test func containersNest() throws {
    let metadata: Logging.Logger.Metadata = [
      "user": ["id": "7", "roles": ["admin", ["of": "all"]], "none": [:]]
    ]
    #expect(
      try json(metadata) == #"{"user":{"id":"7","none":{},"roles":["admin",{"of":"all"}]}}"#)
  }

  @Test func numbersAndBooleansStayWhatTheyAre() throws {
    struct Point: CustomStringConvertible, Sendable {
      var description: String { "(1, 2)" }
    }
    let metadata: Logging.Logger.Metadata = [
      "bool": .stringConvertible(true), "double": .stringConvertible(0.25),
      "float": .stringConvertible(Float(0.1)), "int": .stringConvertible(-3),
      "large": .stringConvertible(UInt64.max), "nan": .stringConvertible(Double.nan),
      "other": .stringConvertible(Point()), "small": .stringConvertible(UInt8(200)),
    ]
    #expect(
      try json(metadata)
        == #"{"bool":true,"double":0.25,"float":0.1,"int":-3,"large":18446744073709551615,"#
        + #""nan":NaN,"other":"(1, 2)","small":200}"#)
  }

  @Test func textIsEscaped() throws {
    #expect(try json(["k\n": "\"\u{0}é"]) == #"{"k\n":"\"\u0000é"}"#)
  }

  @Test func whatIsTooDeepIsLeftOutAndTheRestLogged() throws {
    var value = Logging.Logger.MetadataValue.string("bottom")
    for _ in 0..<2000 { value = .array([value]) }
    let text = try #require(try json(["deep": value, "flat": "1"]))
    #expect(text.contains("…"))
    #expect(!text.contains("bottom"))
    #expect(text.hasSuffix(#""flat":"1"}"#))
  }
}
