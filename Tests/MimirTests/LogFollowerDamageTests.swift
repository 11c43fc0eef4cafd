import Glibc
import Mimir
import MimirBase
import Testing

/// Gzip logs that are cut short or damaged.
@Suite struct LogFollowerDamageTests {
  let folder = TemporaryFolder()

  /// A log of several chunks; returns its entries' texts.
  private func compactedLog(_ path: String, count: Int) throws -> [String] {
    var random = SystemRandomNumberGenerator()
    let logger = try Logger(filename: path)
    for number in 0..<count {
      let pad = (0..<10).map { _ in String(random.next(), radix: 36) }.joined()
      logger.log(["i": JSONValue(number), "pad": .string(pad)])
    }
    try logger.close()
    return try texts(LogReader(path))
  }

  private func texts(_ reader: LogReader) throws -> [String] {
    var found: [String] = []
    while let text = try reader.nextText() { found.append(text) }
    return found
  }

  private func texts(_ follower: LogFollower) throws -> [String] {
    var found: [String] = []
    while true {
      if let text = try follower.nextText(timeout: 0) {
        found.append(text)
      } else if follower.isUpToDate {
        return found
      }
    }
  }

  /// The end that a killed writer left, read before anyone has repaired it.
  @Test func givesTheWholeLinesOfATornLog() throws {
    let path = folder.file("log.jsonl.gz")
    var logger = try Logger(filename: path)
    for number in 0..<6000 { logger.log(numbered(number, pad: 100)) }
    try logger.close()
    logger = try Logger(filename: path)
    for number in 6000..<6010 { logger.log(numbered(number)) }
    #expect(system("cp '\(path)' '\(path).torn.gz' && truncate -s -3 '\(path).torn.gz'") == 0)
    let follower = try LogFollower("\(path).torn.gz", from: .last(6005))
    let found = try follower.numbers()
    #expect(found == Array(5..<6010))
    try logger.close()
  }

  @Test(arguments: [5, 30, 50, 80, 99])
  func givesWhatIsWholeOfACutLog(percent: Int) throws {
    let path = folder.file("log.jsonl.gz")
    let all = try compactedLog(path, count: 20_000)
    let cut = folder.file("cut.jsonl.gz")
    #expect(
      system(
        "n=$(( $(stat -c %s '\(path)') * \(percent) / 100 )); echo $n > '\(cut).size'; "
          + "head -c $n '\(path)' > '\(cut)'") == 0)
    let whole = try texts(LogReader(cut))
    try #require(whole.count > 100 && whole.count < all.count)
    let follower = try LogFollower(cut)
    let last = try LogFollower(cut, from: .last(5))
    let none = try LogFollower(cut, from: .last(0))
    #expect(try texts(follower) == whole)
    #expect(try texts(last) == Array(whole.suffix(5)))
    #expect(try texts(none) == [])
    // The copy goes on.
    #expect(system("tail -c +$(( $(cat '\(cut).size') + 1 )) '\(path)' >> '\(cut)'") == 0)
    for follower in [follower, last, none] {
      #expect(try texts(follower) == Array(all[whole.count...]))
      #expect(follower.statistics.restarts == 0 && follower.statistics.skippedLines == 0)
    }
  }

  @Test func seesEachFlippedByte() throws {
    let path = folder.file("log.jsonl.gz")
    _ = try compactedLog(path, count: 8000)
    var status = stat()
    try #require(stat(path, &status) == 0)
    let size = Int(status.st_size)
    let damaged = folder.file("damaged.jsonl.gz")
    var silent: [Int] = []
    for part in 1..<20 {
      // Among the chunks.
      let offset = size / 2 * part / 20
      #expect(
        system(
          "cp '\(path)' '\(damaged)'; printf '\\'$(printf %03o $(( $(od -An -tu1 -j \(offset) -N1 "
            + "'\(path)') ^ 4 ))) | dd of='\(damaged)' bs=1 seek=\(offset) conv=notrunc 2>/dev/null"
        )
          == 0)
      do {
        _ = try texts(LogFollower(damaged))
        silent.append(offset)
      } catch let error as MimirError {
        #expect(error.code == .corrupt)
      }
    }
    #expect(silent == [])
  }

  /// What can be read is given first.
  @Test func saysWhatIsDamaged() throws {
    let path = folder.file("log.jsonl.gz")
    let logger = try Logger(filename: path)
    for number in 0..<10 { logger.log(numbered(number)) }
    let copy = folder.file("copy.jsonl.gz")
    #expect(system("cp '\(path)' '\(copy)'") == 0)
    try logger.close()
    #expect(system("printf 'XXXX' | dd of='\(copy)' bs=1 seek=60 conv=notrunc 2>/dev/null") == 0)
    let follower = try LogFollower(copy)
    for number in 1..<10 {
      #expect(try follower.next(timeout: 0)?["i"] == .int(Int64(number)))
    }
    #expect { try follower.next(timeout: 0) } throws: { ($0 as? MimirError)?.code == .corrupt }
    #expect(follower.statistics.skippedLines == 1)
    #expect(system("mv '\(path)' '\(copy)'") == 0)
    #expect(try follower.numbers() == Array(0..<10))
    #expect(follower.statistics.restarts == 1)
  }
}
