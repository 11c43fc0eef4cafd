import ArgumentParser
import MimirBase
import MimirStream

struct Keygen: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a key pair for streaming and remote logging over a network.",
    discussion: """
      Writes FILE (the secret key, mode 0600) and FILE.pub (the public one, for the others). A file that \
      is there already is never overwritten.
      """)

  @Argument(help: "The file for the key pair.", completion: .file())
  var file: String

  func run() throws {
    try KeyFile.generate(file)
    try StandardOutput.shared.line("made \(file) and \(file).pub")
  }
}
