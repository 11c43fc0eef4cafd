import Glibc
import MimirBase
import MimirGzip
import MimirIO
import Synchronization
import Testing

/// Readers of a log whose writer appends and compacts as fast as it can.
@Suite struct GzipReaderLiveTests {
  let folder = TemporaryFolder()

  private final class Progress: Sendable {
    let acknowledged = Atomic<Int>(0)
    let ended = Atomic<Bool>(false)
    let failures = Atomic<Int>(0)
  }

  private static func line(_ number: Int, _ size: Int) -> String {
    "{\"i\":\(number),\"pad\":\"" + String(repeating: "x", count: number * 31 % size) + "\"}"
  }

  /// - Parameters:
  ///   - size: of the largest line.
  ///   - every: appends between two compactions.
  @Test(arguments: [
    (size: 40, count: 40_000, every: 3000), (700, 12_000, 500), (9000, 2000, 40), (120_000, 200, 7),
  ])
  func readersSeeExactlyAPrefix(size: Int, count: Int, every: Int) throws {
    let path = folder.file("log.gz")
    let progress = Progress()
    let lines = (0..<count).map { Self.line($0, size) }
    nonisolated(unsafe) let log = try GzipLog(path: path, options: LogFileOptions())
    let writer = Thread {
      for (number, line) in lines.enumerated() {
        if log.add(line + "\n") != nil { progress.failures.add(1, ordering: .relaxed) }
        progress.acknowledged.store(number + 1, ordering: .releasing)
        if number % every == every - 1, log.compact() != nil {
          progress.failures.add(1, ordering: .relaxed)
        }
      }
      progress.ended.store(true, ordering: .releasing)
    }
    defer { writer.join() }
    var round = 0
    while true {
      let ended = progress.ended.load(ordering: .acquiring)
      let before = progress.acknowledged.load(ordering: .acquiring)
      let (all, report) = try read(path)
      try #require(report == ReadReport(), "\(report)")
      try #require(all.count >= before)
      try #require(all == Array(lines.prefix(all.count)))
      let (last, lastReport) = try read(path, last: 5)
      try #require(lastReport == ReadReport(), "\(lastReport)")
      let first = Int(last.first?.dropFirst(5).prefix { $0 != "," } ?? "") ?? 0
      try #require(last == Array(lines[first...].prefix(last.count)))
      try #require(first + last.count >= all.count)
      round += 1
      if ended { break }
    }
    print("\(round) readings while \(count) lines of up to \(size) bytes were written")
    #expect(round > 1)
    let failures = progress.failures.load(ordering: .relaxed)
    #expect(failures == 0)
  }

  /// A writer that stands still in the middle of its work, as a stopped process does, is waited for
  /// only so long.
  @Test func aStoppedWriterIsNotWaitedForForEver() throws {
    let path = folder.file("log.gz")
    let log = try GzipLog(path: path, options: LogFileOptions())
    for number in 0..<10 { #expect(log.add(Self.line(number, 40) + "\n") == nil) }
    var file = bytes(of: path)
    file.removeLast(3)
    put(file, into: path)
    let (read, report) = try read(path)
    #expect(read.count == 10)
    #expect(report.torn)
    withExtendedLifetime(log) {}
  }
}

/// A POSIX thread.
final class Thread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private var thread = pthread_t()

  init(_ run: @escaping @Sendable () -> Void) {
    let body = Unmanaged.passRetained(Body(run))
    let result = pthread_create(
      &thread, nil,
      {
        if let body = $0 { Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run() }
        return nil
      }, body.toOpaque())
    precondition(result == 0)
  }

  func join() { pthread_join(thread, nil) }
}
