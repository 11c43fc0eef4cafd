import ArgumentParser
import CMimir
import Glibc
import MimirBase

@main
struct MimirCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mimir",
    abstract: "Looks at training logs, live or done, and serves them.",
    discussion: """
      A log is a file of JSON lines, plain or .gz, also one that is being written, or the live stream \
      of a run: tcp://HOST[:PORT] or ipc://PATH.

      Exit status: 0 done; 1 it could not be done; 2 done, but the log is damaged or entries were left \
      out; 64 the command line is wrong.
      """,
    version: MIMIR_VERSION_STRING,
    subcommands: [
      Cat.self,
      Tail.self,
      Plot.self,
      Watch.self,
      Info.self,
      Convert.self,
      Copy.self,
      Check.self,
      Repair.self,
      Serve.self,
      SendSpool.self,
      Keygen.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
      try StandardOutput.shared.flush()
    } catch let error as MimirError {
      fail(error.message)
    } catch {
      try? StandardOutput.shared.flush()
      exit(withError: error)
    }
  }

  /// Ends the command: what went wrong goes to standard error, after all that was printed.
  static func fail(_ message: String, status: ExitStatus = .failure) -> Never {
    try? StandardOutput.shared.flush()
    StandardError.print("mimir: \(message)")
    Glibc.exit(status.rawValue)
  }
}
