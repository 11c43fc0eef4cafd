import Glibc

/// What the program that has started this process says of it: torchrun, Slurm, Open MPI, other MPIs.
package struct Launcher: Sendable {
  package var rank: Int?
  package var worldSize: Int?
  package var localRank: Int?

  package static func read() -> Launcher {
    Launcher(
      rank: number("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK"),
      worldSize: number("WORLD_SIZE", "SLURM_NTASKS", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE"),
      localRank: number(
        "LOCAL_RANK", "SLURM_LOCALID", "OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID"))
  }

  /// Of the first variable that holds one.
  private static func number(_ names: String...) -> Int? {
    for name in names {
      guard let text = getenv(name), let number = Int(String(cString: text)),
        (0...Int(Int32.max)).contains(number)
      else { continue }
      return number
    }
    return nil
  }

  package static var hostName: String? {
    var name = [CChar](repeating: 0, count: 257)
    guard gethostname(&name, 256) == 0 else { return nil }
    let text = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.isEmpty ? nil : text
  }
}
