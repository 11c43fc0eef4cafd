import Glibc
import MimirBase
import MimirIO
import Testing

@Suite struct VanishedFileTests {
  let folder = TemporaryFolder()

  @Test(arguments: [false, true])
  func aRemovedFileIsMadeAnewWithWhatWasLoggedSince(shared: Bool) throws {
    let path = folder.file("log")
    let writer = try openWriter(path, LogFileOptions(shared: shared))
    try writer.append("{1}\n")
    try writer.flush()
    #expect(unlink(path) == 0)
    // Goes to the file without a name; nobody has looked yet.
    try writer.append("{2}\n")
    try writer.flush()
    try writer.append("{3}\n")
    try WriterRegistry.close(writer)
    #expect(contents(path).hasSuffix("{2}\n{3}\n"))
  }

  @Test func isNoticedByLoggingAlone() throws {
    let path = folder.file("log")
    let writer = try openWriter(path)
    try writer.append("{1}\n")
    #expect(unlink(path) == 0)
    // Well past the time between two looks.
    usleep(400_000)
    try writer.append("{2}\n")
    #expect(contents(path).hasSuffix("{2}\n"))
    try WriterRegistry.close(writer)
  }

  @Test func entriesWaitUntilTheFolderIsBack() throws {
    let inner = folder.file("runs")
    #expect(mkdir(inner, 0o755) == 0)
    let path = inner + "/log"
    let writer = try openWriter(path)
    try writer.append("{1}\n")
    try writer.flush()
    #expect(unlink(path) == 0)
    #expect(rmdir(inner) == 0)
    usleep(400_000)
    #expect(writer.code(appending: "{2}\n") == .notFound)
    #expect(writer.code(appending: "{3}\n") == .notFound)
    #expect(writer.counts().pendingEntries == 2)
    #expect(mkdir(inner, 0o755) == 0)
    try writer.append("{4}\n")
    #expect(contents(path) == "{2}\n{3}\n{4}\n")
    #expect(writer.counts().recovered == 2)
    #expect(writer.counts().pendingEntries == 0)
    // The new file is the one that another logger of this process shares.
    let other = try openWriter(path)
    #expect(other === writer)
    try WriterRegistry.close(other)
    try WriterRegistry.close(writer)
  }
}
