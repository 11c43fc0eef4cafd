import MimirBase
import MimirIO

/// The spools that clients of the same server have left behind: sent one after the other.
final class SpoolHeritage {
  /// Milliseconds in which nothing was acknowledged, after which a spool is left to the next one.
  private static let patience = 20_000

  private let endpoint: RemoteEndpoint
  private var folders: [String]
  private(set) var link: RemoteLink?
  private var start: UInt64 = 0
  private var progressAt = 0
  private var progress: UInt64 = 0
  /// Of the link.
  private(set) var number = 0
  private(set) var spools: UInt64 = 0
  private(set) var entries: UInt64 = 0
  private(set) var refused: UInt64 = 0
  private(set) var left: UInt64 = 0
  private(set) var busy = 0
  private(set) var problem = ""

  init(_ spool: String?, _ endpoint: RemoteEndpoint) {
    self.endpoint = endpoint
    folders = spool.map { SpoolFolder.all(in: $0).reversed() } ?? []
  }

  var isDone: Bool { link == nil && folders.isEmpty }

  /// Returns whether there was anything to do.
  func step() -> Bool {
    guard let link else { return begin() }
    var isBusy = link.step()
    let acknowledged = link.backlog.acknowledged
    if acknowledged > progress || progressAt == 0 {
      progress = acknowledged
      progressAt = Clock.milliseconds()
    }
    if link.backlog.isDone {
      isBusy = true
      link.part()
      if link.phase == .over || Clock.milliseconds() - progressAt > 1000 { end() }
    } else if Clock.milliseconds() - progressAt > Self.patience {
      end()
    }
    return isBusy
  }

  private func begin() -> Bool {
    guard let path = folders.popLast() else { return false }
    switch SpoolFolder.adopt(path, server: endpoint.name) {
    case .busy: busy += 1
    case .other: break
    case .spool(let folder):
      do throws(MimirError) {
        let backlog = try Backlog(adopted: folder)
        if backlog.isDone {
          _ = backlog.finish()
          break
        }
        start = backlog.acknowledged
        (progress, progressAt) = (start, Clock.milliseconds())
        link = try RemoteLink(endpoint, backlog, folder.identity)
        number += 1
      } catch {
        problem = error.message
      }
    }
    return true
  }

  /// Gives the spool back: sent and removed, or what is left of it to the next one.
  func end() {
    guard let link else { return }
    refused += link.refused
    entries += link.entriesSent
    left += link.backlog.last - link.backlog.acknowledged
    if link.backlog.isDone { spools += 1 } else { problem = link.problem }
    link.close()
    _ = link.backlog.finish()
    self.link = nil
  }

  /// How many entries wait in spools that it has not come to.
  func countRest() {
    while let path = folders.popLast() {
      switch SpoolFolder.adopt(path, server: endpoint.name) {
      case .busy: busy += 1
      case .other: break
      case .spool(let folder):
        if let backlog = try? Backlog(adopted: folder) {
          left += backlog.last - backlog.acknowledged
        }
      }
    }
  }
}
