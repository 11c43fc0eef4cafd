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
    } catch {
      end(with: error)
    }
  }

  /// Help and the version come as errors too.
  private static func end(with error: any Error) -> Never {
    if let error = error as? MimirError { fail(error.message) }
    let status = exitCode(for: error)
    let message = fullMessage(for: error)
    do {
      if status.isSuccess { try StandardOutput.shared.line(message) }
      try StandardOutput.shared.flush()
    } catch {
      fail(error.message)
    }
    if !status.isSuccess, !message.isEmpty {
      let text = message.hasPrefix("Error: ") ? String(message.dropFirst(7)) : message
      StandardError.print(text)
    }
    Glibc.exit(status.rawValue)
  }

  /// Ends the command: what went wrong goes to standard error, after all that was printed.
  static func fail(_ message: String, status: ExitStatus = .failure) -> Never {
    try? StandardOutput.shared.flush()
    StandardError.print(message)
    Glibc.exit(status.rawValue)
  }
}
