public import CMimir
import Glibc
import Mimir
import MimirBase
import MimirJSON
import MimirIO
import MimirStream

/// What a `mimir_publisher` handle points at.
private final class PublisherObject {
  let publisher: Publisher
  let generation: Int
  /// The last entry's number; held while it is handed over, so that numbers come in order.
  let sequence = Locked(UInt64(0))

  init(_ options: Publisher.Options) throws(MimirError) {
    publisher = try Publisher(options)
    generation = OpenFiles.generation
  }

  func publish(_ text: UnsafeRawBufferPointer) throws(MimirError) -> UInt64 {
    var buffer = ByteBuffer()
    _ = try JSONText.compactObject(text, limits: JSONLimits(maxBytes: 64 << 20), into: &buffer)
    return try sequence.withLock { sequence throws(MimirError) in
      sequence += 1
      guard publisher.publish(sequence, buffer.bytes) else {
        throw MimirError(
          .dropped, "the entry was not published: as many bytes as may (max_queue_bytes) wait")
      }
      return sequence
    }
  }
}

private func object(_ handle: OpaquePointer?) throws(MimirError) -> PublisherObject {
  let object = Unmanaged<PublisherObject>.fromOpaque(
    UnsafeRawPointer(try required(handle, "publisher"))
  ).takeUnretainedValue()
  guard object.generation == OpenFiles.generation else {
    throw MimirError(
      .forked, "this publisher was opened before fork() and belongs to the parent; open one here")
  }
  return object
}

/// Ports in options: 0 is the standard one, MIMIR_PORT_ANY a free one.
enum Port {
  static func bound(
    _ port: UInt32, standard: Int, _ name: StaticString
  ) throws(MimirError) -> Int {
    switch port {
    case 0: return standard
    case 65_536: return 0
    case 1...65_535: return Int(port)
    default:
      throw MimirError(
        .invalidArgument, "\(name) is \(port); it must be 1 to 65535, or MIMIR_PORT_ANY")
    }
  }

  static func connected(
    _ port: UInt32, standard: Int, _ name: StaticString
  ) throws(MimirError) -> Int {
    guard port <= 65_535 else {
      throw MimirError(.invalidArgument, "\(name) is \(port); it must be 1 to 65535")
    }
    return port == 0 ? standard : Int(port)
  }
}

extension Publisher.Options {
  fileprivate init(_ pointer: UnsafePointer<mimir_publisher_options>?) throws(MimirError) {
    self.init()
    guard let pointer else { return }
    var options = mimir_publisher_options()
    try SizedStruct.read(pointer, into: &options, smallest: 24, "mimir_publisher_options")
    guard options.insecure <= 1 else {
      throw MimirError(.invalidArgument, "insecure is \(options.insecure); it must be 0 or 1")
    }
    insecure = options.insecure == 1
    if options.bind != nil { bind = try path(options.bind) }
    pushPort = try Port.bound(options.push_port, standard: pushPort, "push_port")
    routerPort = try Port.bound(options.router_port, standard: routerPort, "router_port")
    maxlen = Int(clamping: options.maxlen)
    if options.key_file != nil { keyFile = try path(options.key_file) }
    if options.authorized_keys != nil { authorizedKeys = try path(options.authorized_keys) }
    if options.max_queue_bytes != 0 { maxQueueBytes = Int(clamping: options.max_queue_bytes) }
  }
}

extension mimir_publisher_statistics {
  init(_ publisher: Publisher) {
    self.init()
    let now = publisher.statistics
    push_port = UInt32(clamping: publisher.pushPort)
    router_port = UInt32(clamping: publisher.routerPort)
    dropped = now.dropped
    skipped = now.skipped
    requests = now.requests
    ignored = now.ignored
    RunText.write(publisher.run, into: &run)
  }
}

/// Text in a struct's array of characters, with a NUL behind it; cut where there is no room.
enum RunText {
  static func write<Characters: BitwiseCopyable>(_ run: String, into characters: inout Characters) {
    withUnsafeMutableBytes(of: &characters) { target in
      var text = Array(run.utf8.prefix(target.count))
      // Not amid a character.
      if text.count == target.count {
        while let last = text.popLast(), last & 0xc0 == 0x80 {}
      }
      target.copyBytes(from: text)
      for index in text.count..<target.count { target[index] = 0 }
    }
  }
}

@implementation @_cdecl("mimir_publisher_open")
public func mimir_publisher_open(
  _ options: UnsafePointer<mimir_publisher_options>!,
  _ publisher: UnsafeMutablePointer<OpaquePointer?>!
) -> mimir_status {
  publisher?.pointee = nil
  return status { () throws(MimirError) in
    let publisher = try required(publisher, "publisher")
    let opened = try PublisherObject(Publisher.Options(options))
    publisher.pointee = OpaquePointer(Unmanaged.passRetained(opened).toOpaque())
  }
}

@implementation @_cdecl("mimir_publisher_publish")
public func mimir_publisher_publish(
  _ handle: OpaquePointer!, _ data: UnsafePointer<CChar>!, _ length: Int,
  _ sequence: UnsafeMutablePointer<UInt64>!
) -> mimir_status {
  sequence?.pointee = 0
  return status { () throws(MimirError) in
    let number = try object(handle).publish(try text(data, length, "text"))
    sequence?.pointee = number
  }
}

@implementation @_cdecl("mimir_publisher_stats")
public func mimir_publisher_stats(
  _ handle: OpaquePointer!, _ statistics: UnsafeMutablePointer<mimir_publisher_statistics>!
) -> mimir_status {
  status { () throws(MimirError) in
    let target = try required(statistics, "statistics")
    try SizedStruct.write(
      mimir_publisher_statistics(), to: target, smallest: 16, "mimir_publisher_statistics")
    let value = mimir_publisher_statistics(try object(handle).publisher)
    try SizedStruct.write(value, to: target, smallest: 16, "mimir_publisher_statistics")
  }
}

@implementation @_cdecl("mimir_publisher_close")
public func mimir_publisher_close(_ handle: OpaquePointer!) {
  guard let handle else { return }
  let object = Unmanaged<PublisherObject>.fromOpaque(UnsafeRawPointer(handle))
  // In a forked child it is kept for ever: a thread of the parent may have been inside it.
  guard object.takeUnretainedValue().generation == OpenFiles.generation else { return }
  object.takeUnretainedValue().publisher.close()
  object.release()
}

@implementation @_cdecl("mimir_keygen")
public func mimir_keygen(_ file: UnsafePointer<CChar>!) -> mimir_status {
  status { () throws(MimirError) in try KeyFile.generate(try path(file)) }
}
