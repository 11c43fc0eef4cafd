import Glibc
import MimirBase
import MimirGzip
import MimirIO
import Testing

/// A run that compacts several times, cut at every write and every 512 bytes of it: after each, the
/// next open restores a valid log with every acknowledged entry, and a second one changes nothing.
@Suite struct CutPointTests {
  let folder = TemporaryFolder()

  private struct Run {
    var path: String
    var text: [UInt8]
    var changes: [RecordingSyscalls.Change]
  }

  /// What the disk holds at a point of the run.
  private struct Disk {
    var files: [String: [UInt8]] = [:]

    mutating func apply(_ change: RecordingSyscalls.Change) {
      switch change {
      case .create(let path, let truncate):
        if truncate || files[path] == nil { files[path] = [] }
      case .write(let path, let offset, let bytes): write(bytes[...], at: offset, to: path)
      case .truncate(let path, let length):
        var file = files[path] ?? []
        if file.count > length { file.removeLast(file.count - length) }
        file += [UInt8](repeating: 0, count: length - file.count)
        files[path] = file
      case .remove(let path): files[path] = nil
      case .sync, .acknowledged: break
      }
    }

    mutating func write(_ bytes: ArraySlice<UInt8>, at offset: Int, to path: String) {
      var file = files[path] ?? []
      if file.count < offset + bytes.count {
        file += [UInt8](repeating: 0, count: offset + bytes.count - file.count)
      }
      file.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
      files[path] = file
    }
  }

  /// `compacts`: while entries are appended.
  private func record(durable: Bool, compacts: Bool = false) throws -> Run {
    let path = folder.file("recorded.gz")
    let system = RecordingSyscalls()
    let log = try GzipLog(path: path, options: LogFileOptions(durable: durable), system: system)
    var lines = Lines(seed: durable ? 7 : 3)
    var text: [UInt8] = []
    log.slice = 1000
    var work: (any LogMaintenance)?
    for number in 0..<90 {
      // Mostly small, now and then several pages.
      let padding = number % 9 == 0 ? 5000 + number * 37 : number % 4 == 0 ? 900 : 10
      let line = Array(lines.line(number, padding: padding).utf8)
      try #require(log.add(line) == nil)
      text += line
      system.acknowledge(text.count)
      if number % 25 == 24, !compacts { try #require(log.compact() == nil) }
      if number % 25 == 20, compacts {
        work = log.prepareMaintenance()
        work?.run()
      }
      // The steps of a compaction, with appends between them.
      if let running = work {
        switch log.finishMaintenance(running) {
        case .more: running.pause()
        case .again: running.run()
        case .done:
          running.end()
          work = nil
        case .failed(let error): throw error
        }
      }
    }
    if let work { try #require(log.finish(work) == nil) }
    try #require(log.close() == nil)
    try #require(gunzip(bytes(of: path)) == text)
    return Run(path: path, text: text, changes: system.changes)
  }

  /// Opens what a crash has left, and checks it.
  private func check(_ disk: Disk, _ run: Run, acknowledged: Int, _ what: String) throws {
    let path = folder.file("crashed.gz")
    unlink(path)
    unlink(path + ".journal")
    for (name, content) in disk.files {
      put(content, into: name == run.path ? path : path + ".journal")
    }
    for round in 1...2 {
      let before = bytes(of: path)
      do throws(MimirError) {
        _ = try GzipLog(path: path, options: LogFileOptions())
      } catch {
        Issue.record("\(what), opening \(round): \(error)")
        return
      }
      let after = bytes(of: path)
      guard let text = gunzip(after) else {
        Issue.record("\(what), opening \(round): not a valid gzip file")
        return
      }
      guard text.count >= acknowledged, run.text.starts(with: text), text.isEmpty || text.last == 10
      else {
        Issue.record(
          "\(what), opening \(round): \(text.count) bytes of text, \(acknowledged) logged")
        return
      }
      if round == 2, before != after {
        Issue.record("\(what): a second recovery changed something")
      }
      if access(path + ".journal", F_OK) == 0 {
        Issue.record("\(what): the journal is still there")
      }
    }
  }

  @Test(arguments: [false, true])
  func everyCutOfEveryWriteRecovers(compacts: Bool) throws {
    let run = try record(durable: false, compacts: compacts)
    var disk = Disk()
    var acknowledged = 0
    var cuts = 0
    for (index, change) in run.changes.enumerated() {
      if case .acknowledged(let count) = change { acknowledged = count }
      if case .write(let path, let offset, let content) = change {
        for length in stride(from: 512, to: content.count, by: 512) {
          var torn = disk
          torn.write(content[..<length], at: offset, to: path)
          try check(torn, run, acknowledged: acknowledged, "change \(index) cut at \(length)")
          cuts += 1
        }
      }
      disk.apply(change)
      // Before the header is written there is no log yet; an empty file is a new one.
      try check(disk, run, acknowledged: acknowledged, "after change \(index)")
      cuts += 1
    }
    #expect(cuts > 300)
  }

  /// A power cut: of the writes since the last sync of a file, any page may be missing.
  @Test(arguments: [false, true])
  func missingPagesOfUnsyncedWritesRecover(compacts: Bool) throws {
    let run = try record(durable: true, compacts: compacts)
    var disk = Disk()
    /// The file as it was at its last sync.
    var synced: [String: [UInt8]] = [:]
    var acknowledged = 0
    var lines = Lines(seed: 99)
    var cuts = 0
    for (index, change) in run.changes.enumerated() {
      disk.apply(change)
      switch change {
      case .acknowledged(let count): acknowledged = count
      case .sync(let path): synced[path] = disk.files[path]
      case .remove(let path): synced[path] = nil
      case .write(let path, _, _):
        for _ in 0..<3 {
          var lost = disk
          let now = disk.files[path] ?? []
          let then = synced[path] ?? []
          var mixed = now
          for page in stride(from: 0, to: now.count, by: 4096) where lines.random() % 2 == 0 {
            for place in page..<min(page + 4096, now.count) {
              mixed[place] = place < then.count ? then[place] : 0
            }
          }
          lost.files[path] = mixed
          try check(lost, run, acknowledged: acknowledged, "pages lost at change \(index)")
          cuts += 1
        }
      default: break
      }
    }
    #expect(cuts > 300)
  }
}
