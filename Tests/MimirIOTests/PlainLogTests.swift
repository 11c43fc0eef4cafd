import Glibc
import MimirBase
import MimirIO
import Testing

@Suite struct PlainLogTests {
  let folder = TemporaryFolder()

  @Test func appendsToWhatIsThere() throws {
    let path = folder.file("log")
    for line in ["{1}\n", "{2}\n"] {
      let writer = try openWriter(path)
      try writer.append(line)
      // Before it is closed: an entry is in the file when append returns.
      #expect(contents(path).hasSuffix(line))
      try WriterRegistry.close(writer)
    }
    #expect(contents(path) == "{1}\n{2}\n")
  }

  @Test func truncatesOnlyWhenAsked() throws {
    let path = folder.file("log")
    put("{old}\n", into: path)
    let writer = try openWriter(path, LogFileOptions(mode: .truncate))
    try writer.append("{new}\n")
    try WriterRegistry.close(writer)
    #expect(contents(path) == "{new}\n")
  }

  @Test func exclusiveRefusesAnExistingFile() throws {
    let path = folder.file("log")
    let writer = try openWriter(path, LogFileOptions(mode: .exclusive))
    try WriterRegistry.close(writer)
    let error = #expect(throws: MimirError.self) {
      try openWriter(path, LogFileOptions(mode: .exclusive))
    }
    #expect(error?.code == .exists)
    #expect(error?.message.contains(path) == true)
  }

  @Test(arguments: [
    ("{1}\n{2}\n{\"torn\":", "{1}\n{2}\n", 8),
    ("{\"torn", "", 6),
    ("{1}\n\0\0\0\0", "{1}\n", 4),
    ("{1}\n{whole}", "{1}\n{whole}\n", 0),
    ("", "", 0),
    ("{1}\n", "{1}\n", 0),
  ])
  func mendsATornEnd(before: String, after: String, cut: Int) throws {
    let path = folder.file("log")
    put(before, into: path)
    let writer = try openWriter(path)
    #expect(writer.counts().repairedBytes == cut)
    try writer.append("{next}\n")
    try WriterRegistry.close(writer)
    #expect(contents(path) == after + "{next}\n")
  }

  @Test func mendsALineLongerThanItsSearchBlock() throws {
    let path = folder.file("log")
    put("{1}\n{" + String(repeating: "x", count: 300_000), into: path)
    let writer = try openWriter(path)
    #expect(writer.counts().repairedBytes == 300_001)
    try WriterRegistry.close(writer)
    #expect(contents(path) == "{1}\n")
  }

  @Test func leavesForeignFilesAlone() throws {
    let path = folder.file("model.bin")
    put("weights\nof a model", into: path)
    let error = #expect(throws: MimirError.self) { try openWriter(path) }
    #expect(error?.code == .corrupt)
    #expect(contents(path) == "weights\nof a model")
  }

  @Test func refusesWhatIsNoFile() throws {
    #expect(throws: MimirError.self) { try openWriter(folder.path) }
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let error = #expect(throws: MimirError.self) { try openWriter(pipe) }
    #expect(error?.code == .unsupported)
    let missing = #expect(throws: MimirError.self) { try openWriter(folder.file("no/log")) }
    #expect(missing?.code == .notFound)
    let nul = #expect(throws: MimirError.self) { try openWriter(folder.file("a\0b")) }
    #expect(nul?.code == .invalidArgument)
  }

  @Test func sharesOneWriterPerFile() throws {
    let path = folder.file("log")
    let link = folder.file("link")
    let first = try openWriter(path)
    #expect(symlink(path, link) == 0)
    let second = try openWriter(link)
    #expect(first === second)
    let error = #expect(throws: MimirError.self) {
      try openWriter(path, LogFileOptions(mode: .truncate))
    }
    #expect(error?.code == .busy)
    try first.append("{1}\n")
    try WriterRegistry.close(first)
    try second.append("{2}\n")
    try WriterRegistry.close(second)
    #expect(second.code(appending: "{3}\n") == .closed)
    #expect(contents(path) == "{1}\n{2}\n")
  }

  @Test func takesADevice() throws {
    let writer = try openWriter("/dev/null")
    try writer.append("{1}\n")
    try WriterRegistry.close(writer)
    let full = try openWriter("/dev/full")
    #expect(full.code(appending: "{1}\n") == .noSpace)
    #expect(full.code(appending: "{2}\n") == .noSpace)
    #expect(full.counts().pendingEntries == 2)
    let error = #expect(throws: MimirError.self) { try WriterRegistry.close(full) }
    #expect(error?.code == .noSpace)
    #expect(error?.message.contains("2 entries") == true)
  }
}
