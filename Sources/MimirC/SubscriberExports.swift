public import CMimir
import Glibc
import MimirBase
import MimirIO
import MimirStream

/// What a `mimir_subscriber` handle points at.
private final class SubscriberObject {
  let subscriber: Subscriber
  let generation = OpenFiles.generation
  /// The last entry, with a NUL behind it.
  var text = ByteBuffer()

  init(_ options: Subscriber.Options) throws(MimirError) { subscriber = try Subscriber(options) }
}

private func object(_ handle: OpaquePointer?) throws(MimirError) -> SubscriberObject {
  Unmanaged<SubscriberObject>.fromOpaque(UnsafeRawPointer(try required(handle, "subscriber")))
    .takeUnretainedValue()
}

extension Subscriber.Options {
  fileprivate init(_ pointer: UnsafePointer<mimir_subscriber_options>?) throws(MimirError) {
    self.init()
    guard let pointer else { return }
    var options = mimir_subscriber_options()
    try SizedStruct.read(pointer, into: &options, smallest: 24, "mimir_subscriber_options")
    switch options.past {
    case 0: past = .all
    case 1: past = .nothing
    case 2: past = .last(options.past_count)
    case 3: past = .from(options.past_count)
    default:
      throw MimirError(
        .invalidArgument, "past is \(options.past), which is none of its values; see mimir.h")
    }
    guard options.live_only <= 1, options.reserved == 0 else {
      throw MimirError(.invalidArgument, "live_only must be 0 or 1, and reserved 0")
    }
    if options.host != nil { host = try path(options.host) }
    pushPort = try Port.connected(options.push_port, standard: pushPort, "push_port")
    routerPort =
      options.live_only == 1
      ? 0 : try Port.connected(options.router_port, standard: routerPort, "router_port")
    if options.key_file != nil { keyFile = try path(options.key_file) }
    if options.server_key != nil { serverKey = try path(options.server_key) }
    if options.max_queue_bytes != 0 { maxQueueBytes = Int(clamping: options.max_queue_bytes) }
  }
}

@implementation @_cdecl("mimir_subscriber_open")
public func mimir_subscriber_open(
  _ options: UnsafePointer<mimir_subscriber_options>!,
  _ subscriber: UnsafeMutablePointer<OpaquePointer?>!
) -> mimir_status {
  subscriber?.pointee = nil
  return status { () throws(MimirError) in
    let subscriber = try required(subscriber, "subscriber")
    let opened = try SubscriberObject(Subscriber.Options(options))
    subscriber.pointee = OpaquePointer(Unmanaged.passRetained(opened).toOpaque())
  }
}

@implementation @_cdecl("mimir_subscriber_next")
public func mimir_subscriber_next(
  _ handle: OpaquePointer!, _ timeout: Int32, _ sequence: UnsafeMutablePointer<UInt64>!,
  _ text: UnsafeMutablePointer<UnsafePointer<CChar>?>!, _ length: UnsafeMutablePointer<Int>!
) -> mimir_status {
  sequence?.pointee = 0
  text?.pointee = nil
  length?.pointee = 0
  return status { () throws(MimirError) in
    let object = try object(handle)
    let sequence = try required(sequence, "sequence")
    let (text, length) = (try required(text, "text"), try required(length, "length"))
    guard timeout >= -1 else {
      throw MimirError(.invalidArgument, "timeout_ms is \(timeout); it must be -1 or more")
    }
    guard let delivery = try object.subscriber.next(timeout: Int(timeout)) else { return }
    object.text.truncate(to: 0)
    object.text.append(delivery.text)
    object.text.append(UInt8(0))
    sequence.pointee = delivery.sequence
    text.pointee = UnsafeRawPointer(object.text.bytes.baseAddress)?
      .assumingMemoryBound(to: CChar.self)
    length.pointee = delivery.text.count
  }
}

@implementation @_cdecl("mimir_subscriber_stats")
public func mimir_subscriber_stats(
  _ handle: OpaquePointer!, _ statistics: UnsafeMutablePointer<mimir_subscriber_statistics>!
) -> mimir_status {
  status { () throws(MimirError) in
    let target = try required(statistics, "statistics")
    var value = mimir_subscriber_statistics()
    try SizedStruct.write(value, to: target, smallest: 16, "mimir_subscriber_statistics")
    let subscriber = try object(handle).subscriber
    try subscriber.checkProcess()
    let now = subscriber.statistics
    value.entries = now.entries
    value.missed = now.missed
    value.restarts = now.restarts
    value.reconnections = now.reconnections
    RunText.write(subscriber.run ?? "", into: &value.run)
    try SizedStruct.write(value, to: target, smallest: 16, "mimir_subscriber_statistics")
  }
}

@implementation @_cdecl("mimir_subscriber_close")
public func mimir_subscriber_close(_ handle: OpaquePointer!) {
  guard let handle else { return }
  let object = Unmanaged<SubscriberObject>.fromOpaque(UnsafeRawPointer(handle))
  // In a forked child it is kept for ever: its sockets are the parent's.
  guard object.takeUnretainedValue().generation == OpenFiles.generation else { return }
  object.release()
}
