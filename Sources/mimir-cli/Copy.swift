import ArgumentParser
import Glibc
import Mimir
import MimirBase

struct Copy: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy a log exactly, also while it is written.",
    discussion: """
      The copy is a complete log of its own, with every entry that was logged before the copying began; \
      cp may catch a live .gz log between two states.
      """)

  @Argument(help: "The log.", completion: .file())
  var source: String

  @Argument(help: "The copy, or a folder for it.", completion: .file())
  var target: String

  @Flag(name: .shortAndLong, help: "Overwrite a file that is there.")
  var force = false

  func run() throws {
    try LogSource.requireFile(source)
    var status = stat()
    var place = target
    if stat(target, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      let name = source.split(separator: "/").last ?? ""
      place += (target.hasSuffix("/") ? "" : "/") + name
    }
    do {
      try LogFiles.copy(source, to: place, overwrite: force)
    } catch {
      throw Self.advised(error, place)
    }
  }

  /// With the option's name where Mímir only says that it must be asked for.
  static func advised(_ error: MimirError, _ target: String) -> MimirError {
    guard error.code == .exists else { return error }
    return MimirError(
      .exists, "\(target) is there already; use another name, or --force to overwrite it")
  }
}
