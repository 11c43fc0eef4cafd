import Glibc
import Mimir
import MimirBase
import Testing

/// Gzip files of other programs, which hold no lock.
@Suite struct ForeignFollowerTests {
  let folder = TemporaryFolder()

  /// Puts entries into a gzip file with the shell's `redirect`.
  private func gzip(_ numbers: Range<Int>, _ redirect: String, _ path: String) {
    let text = numbers.map { "{\"i\":\($0)}\n" }.joined()
    put(text, into: "\(path).text")
    #expect(system("gzip < '\(path).text' \(redirect) '\(path)'") == 0)
  }

  @Test func followsAForeignGzipFile() throws {
    let path = folder.file("log.gz")
    #expect(system("printf '{\"i\":0}\\n{\"i\":1}\\n' | gzip > '\(path)'") == 0)
    let follower = try LogFollower(path)
    let last = try LogFollower(path, from: .last(1))
    #expect(try follower.numbers() == [0, 1])
    #expect(try last.numbers() == [1])
    #expect(system("printf '{\"i\":2}\\nnonsense\\n' | gzip >> '\(path)'") == 0)
    #expect(try follower.numbers() == [2])
    #expect(try last.numbers() == [2])
    #expect(follower.statistics.skippedLines == 1)
  }

  @Test(arguments: [0..<0, 3..<5, 0..<5])
  func startsOverWhenItIsWrittenAnew(seen: Range<Int>) throws {
    let path = folder.file("log.gz")
    gzip(0..<5, ">", path)
    let follower = try LogFollower(path, from: .last(seen.count))
    #expect(try follower.numbers() == Array(seen))
    gzip(100..<108, ">", path)
    #expect(try follower.numbers() == Array(100..<108))
    gzip(200..<201, ">", path)
    #expect(try follower.numbers() == [200])
    #expect(follower.statistics.restarts == 2)
  }

  @Test func readsTheOldFileToItsEndWhenAnotherTakesItsPlace() throws {
    let path = folder.file("log.gz")
    gzip(0..<5, ">", path)
    let follower = try LogFollower(path)
    #expect(try follower.numbers() == Array(0..<5))
    gzip(5..<7, ">>", path)
    gzip(100..<108, ">", "\(path).new")
    #expect(system("mv '\(path).new' '\(path)'") == 0)
    #expect(try follower.numbers() == [5, 6] + Array(100..<108))
    #expect(follower.statistics.restarts == 1)
    gzip(108..<110, ">>", path)
    #expect(system("rm '\(path)'") == 0)
    #expect(try follower.numbers() == [108, 109])
    #expect(follower.statistics.restarts == 1)
  }

  /// Lines that lie in several blocks and members.
  @Test func followsLongLines() throws {
    let path = folder.file("log.gz")
    let text = (0..<40).map {
      "{\"i\":\($0),\"pad\":\"\(String(repeating: "x", count: 300_000))\"}\n"
    }
    put(text.joined(), into: "\(path).text")
    #expect(system("split -b 5000001 --filter='gzip -1' '\(path).text' > '\(path)'") == 0)
    let last = try LogFollower(path, from: .last(7))
    let follower = try LogFollower(path)
    #expect(try follower.numbers() == Array(0..<40))
    #expect(try last.numbers() == Array(33..<40))
    gzip(40..<41, ">>", path)
    #expect(try follower.numbers() == [40])
    #expect(try last.numbers() == [40])
  }

  @Test func givesWhatIsWholeOfACutFile() throws {
    let path = folder.file("log.gz")
    gzip(0..<2000, ">", "\(path).whole")
    #expect(system("head -c 3000 '\(path).whole' > '\(path)'") == 0)
    let follower = try LogFollower(path)
    let found = try follower.numbers()
    #expect(found.count > 100 && found == Array(0..<found.count))
    #expect(system("tail -c +3001 '\(path).whole' >> '\(path)'") == 0)
    #expect(try follower.numbers() == Array(found.count..<2000))
    #expect(follower.statistics.restarts == 0 && follower.statistics.skippedLines == 0)
  }

  @Test func saysThatItIsDamagedWhenItStaysSo() throws {
    let path = folder.file("log.gz")
    gzip(0..<5, ">", path)
    #expect(system("printf 'nothing of gzip' >> '\(path)'") == 0)
    let follower = try LogFollower(path)
    for number in 0..<5 { #expect(try follower.next(timeout: 0)?["i"] == .int(Int64(number))) }
    #expect { try follower.next(timeout: 20_000) } throws: { ($0 as? MimirError)?.code == .corrupt }
    // Its writer puts it right.
    gzip(0..<5, ">", "\(path).new")
    gzip(5..<6, ">>", "\(path).new")
    #expect(system("cat '\(path).new' > '\(path)'") == 0)
    #expect(try follower.numbers().last == 5)
  }
}
