import ArgumentParser
import Glibc
import MimirBase

struct Tail: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the last entries, and those that come.",
    discussion: """
      Entries are printed as JSON, one a line, each as soon as it is there:

        mimir tail -f log.jsonl.gz | jq .loss
        mimir tail -n 0 -f tcp://node7

      With -f it goes on until it is interrupted, also when the log is not there yet, is emptied or made \
      anew, or the run is started again.
      """)

  @Option(name: [.customShort("n"), .long], help: "How many of the last entries.")
  var lines = 10

  @Flag(name: .shortAndLong, help: "Go on with each new entry.")
  var follow = false

  @OptionGroup var source: SourceOptions

  func validate() throws {
    guard lines >= 0 else { throw ValidationError("-n is \(lines); it is 0 or more") }
  }

  func run() throws {
    let source = try self.source.open(last: lines, follows: follow)
    var notices = Notices(
      source, timeout: self.source.timeout, tellsOfSkipped: follow)
    let output = StandardOutput.shared
    var buffer = ByteBuffer()
    func print(_ entry: UnsafeRawBufferPointer) throws(MimirError) {
      try output.json(
        NonfiniteChoice.null.text(
          of: entry, hasNonfinite: NonfiniteChoice.mayOccur(in: entry), in: &buffer))
    }
    while true {
      // As long as there is more, it is gathered; and written before anything is waited for.
      if let text = try source.next(timeout: 0) {
        if notices.hasRestarted { notices.tell() }
        try print(text)
        continue
      }
      try output.flush()
      notices.tell()
      if source.isUpToDate, !follow { break }
      if Pipe.isBroken { Pipe.endAsWriter() }
      try notices.checkPatience()
      if let text = try source.next(timeout: 100) {
        notices.tell()
        try print(text)
      }
    }
    if !source.report.isEmpty { MimirCommand.fail(source.report, status: .incomplete) }
  }
}

/// The reader of standard output.
private enum Pipe {
  /// Whether it has gone. Else that would show only with the next entry, which may be long in coming.
  static var isBroken: Bool {
    var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
    return poll(&output, 1, 0) > 0 && Int32(output.revents) & POLLERR != 0
  }

  static func endAsWriter() -> Never {
    raise(SIGPIPE)
    exit(ExitStatus.failure.rawValue)
  }
}
