import Glibc
import MimirBase
import MimirStream
import Testing

/// Makes a publisher on free ports, and subscribers to it.
struct Stage {
  let publisher: Publisher

  init(maxlen: Int = 1000, archive: (any EntryArchive)? = nil) throws(MimirError) {
    var options = Publisher.Options()
    (options.pushPort, options.routerPort, options.maxlen) = (0, 0, maxlen)
    publisher = try Publisher(options, archive: archive)
  }

  func subscriber(_ past: Subscriber.Past = .all) throws(MimirError) -> Subscriber {
    var options = Subscriber.Options()
    (options.host, options.past) = ("127.0.0.1", past)
    (options.pushPort, options.routerPort) = (publisher.pushPort, publisher.routerPort)
    return try Subscriber(options)
  }

  func publish(_ range: ClosedRange<UInt64>) {
    for number in range {
      let text = Array("{\"i\":\(number)}".utf8)
      _ = text.withUnsafeBytes { publisher.publish(number, $0) }
    }
  }
}

/// The numbers of the next entries, whose texts must belong to them.
func take(_ count: Int, from subscriber: Subscriber, within limit: Int = 5000) throws -> [UInt64] {
  var numbers: [UInt64] = []
  while numbers.count < count {
    guard let delivery = try subscriber.next(timeout: limit) else { break }
    #expect(String(decoding: delivery.text, as: UTF8.self) == "{\"i\":\(delivery.sequence)}")
    numbers.append(delivery.sequence)
  }
  return numbers
}

@Suite struct StreamTests {
  @Test func aSubscriberGetsThePastAndThenEachEntry() throws {
    let stage = try Stage()
    stage.publish(1...100)
    let subscriber = try stage.subscriber()
    #expect(try take(100, from: subscriber) == Array(1...100))
    stage.publish(101...200)
    #expect(try take(100, from: subscriber) == Array(101...200))
    #expect(subscriber.run == stage.publisher.run)
    #expect(subscriber.statistics.missed == 0)
    stage.publisher.close()
  }

  @Test func thePastCanBeLimited() throws {
    let stage = try Stage()
    stage.publish(1...100)
    #expect(try take(10, from: stage.subscriber(.last(10))) == Array(91...100))
    #expect(try take(50, from: stage.subscriber(.from(51))) == Array(51...100))
    let late = try stage.subscriber(.nothing)
    #expect(try late.next(timeout: 300) == nil)
    stage.publish(101...105)
    #expect(try take(5, from: late) == Array(101...105))
  }

  @Test func whatLeftMemoryIsMissedWithoutALogFile() throws {
    let stage = try Stage(maxlen: 10)
    stage.publish(1...100)
    let subscriber = try stage.subscriber()
    #expect(try take(10, from: subscriber) == Array(91...100))
  }

  @Test func manyEntriesFlatOut() throws {
    let stage = try Stage(maxlen: .max)
    let subscriber = try stage.subscriber()
    let count = 300_000
    let thread = try #require(
      start { stage.publish(1...UInt64(count)) })
    let numbers = try take(count, from: subscriber)
    pthread_join(thread, nil)
    #expect(numbers == Array(1...UInt64(count)))
    #expect(subscriber.statistics.missed == 0)
  }

  @Test func aNewRunStartsOver() throws {
    let stage = try Stage()
    stage.publish(1...50)
    let subscriber = try stage.subscriber()
    #expect(try take(50, from: subscriber) == Array(1...50))
    var options = Publisher.Options()
    (options.pushPort, options.routerPort) = (stage.publisher.pushPort, stage.publisher.routerPort)
    options.maxlen = 1000
    stage.publisher.close()
    let second = try Publisher(options)
    for number in 1...UInt64(80) {
      let text = Array("{\"i\":\(number)}".utf8)
      _ = text.withUnsafeBytes { second.publish(number, $0) }
    }
    #expect(try take(80, from: subscriber) == Array(1...80))
    #expect(subscriber.run == second.run)
    #expect(subscriber.statistics.restarts == 1)
  }

  private func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    BackgroundBody.start(body)
  }
}

enum BackgroundBody {
  private final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body))
    let result = pthread_create(
      &thread, nil,
      {
        guard let argument = $0 else { return nil }
        Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    return result == 0 ? thread : nil
  }
}

@Suite struct LiveOnlyTests {
  /// Nothing is held for those who come late, and nobody answers: what comes live is delivered.
  @Test func aPublisherWithoutRouterIsFollowed() throws {
    let stage = try Stage(maxlen: 0)
    #expect(stage.publisher.routerPort == 0)
    var options = Subscriber.Options()
    (options.host, options.pushPort) = ("127.0.0.1", stage.publisher.pushPort)
    // A port where nothing is.
    options.routerPort = 1
    let subscriber = try Subscriber(options)
    var number: UInt64 = 0
    var first: Subscriber.Delivery?
    while first == nil, number < 1000 {
      number += 1
      stage.publish(number...number)
      first = try subscriber.next(timeout: 10)
    }
    let start = try #require(first).sequence
    stage.publish((number + 1)...(number + 10))
    let rest = try take(Int(number + 10 - start), from: subscriber)
    #expect(rest == Array((start + 1)...(number + 10)))
    #expect(subscriber.statistics.missed == 0 && subscriber.run == nil)
  }

  /// The new run of a publisher has no ROUTER any more.
  @Test func aNewRunMayHaveNoRouter() throws {
    let stage = try Stage()
    stage.publish(1...20)
    let subscriber = try stage.subscriber()
    #expect(try take(20, from: subscriber) == Array(1...20))
    var options = Publisher.Options()
    options.pushPort = stage.publisher.pushPort
    stage.publisher.close()
    let second = try Publisher(options)
    var got: Subscriber.Delivery?
    for number in UInt64(1)...2000 where got == nil {
      let text = Array("{\"i\":\(number)}".utf8)
      _ = text.withUnsafeBytes { second.publish(number, $0) }
      got = try subscriber.next(timeout: 10)
    }
    #expect(got != nil && subscriber.statistics.restarts == 1 && subscriber.run == nil)
  }
}
