public import CMimir
import Glibc
import Mimir
import MimirBase
import MimirJSON

/// Without counting references: the caller holds one for as long as the call lasts.
@inline(__always)
func log(
  _ handle: OpaquePointer?, _ line: UnsafeRawBufferPointer, tokens: Int
) throws(MimirError) {
  let logger = Unmanaged<Logger>.fromOpaque(UnsafeRawPointer(try required(handle, "logger")))
  let error = logger._withUnsafeGuaranteedRef { $0.error(logging: line, tokens: tokens) }
  if let error { throw error }
}

@inline(__always)
func logger(_ handle: OpaquePointer?) throws(MimirError) -> Logger {
  Unmanaged<Logger>.fromOpaque(UnsafeRawPointer(try required(handle, "logger")))
    .takeUnretainedValue()
}

@implementation @_cdecl("mimir_logger_open")
public func mimir_logger_open(
  _ options: UnsafePointer<mimir_logger_options>!, _ logger: UnsafeMutablePointer<OpaquePointer?>!
) -> mimir_status {
  logger?.pointee = nil
  return status { () throws(MimirError) in
    let logger = try required(logger, "logger")
    let opened = try Logger(Logger.Options(options))
    logger.pointee = OpaquePointer(Unmanaged.passRetained(opened).toOpaque())
  }
}

@implementation @_cdecl("mimir_logger_log")
public func mimir_logger_log(_ handle: OpaquePointer!, _ text: OpaquePointer!) -> mimir_status {
  status { () throws(MimirError) in
    _ = try required(handle, "logger")
    let entry = try entry(text)
    try log(handle, try entry.pointee.line(), tokens: entry.pointee.nonfinite)
  }
}

/// MIMIR_NUL_TERMINATED: the importer does not take its cast.
private let nulTerminated = -1

@implementation @_cdecl("mimir_logger_log_json")
public func mimir_logger_log_json(
  _ handle: OpaquePointer!, _ json: UnsafePointer<CChar>!, _ length: Int
) -> mimir_status {
  status { () throws(MimirError) in
    let logger = try logger(handle)
    let json = try required(json, "text")
    let count = length == nulTerminated ? strlen(json) : length
    try logger.log(json: try text(json, count, "text"))
  }
}

@implementation @_cdecl("mimir_logger_load")
public func mimir_logger_load(
  _ handle: OpaquePointer!, _ file: UnsafePointer<CChar>!, _ count: UnsafeMutablePointer<UInt64>!
) -> mimir_status {
  count?.pointee = 0
  return status { () throws(MimirError) in
    let (logger, count) = (try logger(handle), try required(count, "count"))
    count.pointee = UInt64(try logger.load(try path(file)))
  }
}

@implementation @_cdecl("mimir_logger_count")
public func mimir_logger_count(
  _ handle: OpaquePointer!, _ count: UnsafeMutablePointer<Int>!
) -> mimir_status {
  count?.pointee = 0
  return status { () throws(MimirError) in
    let logger = try logger(handle)
    let count = try required(count, "count")
    try logger.checkProcess()
    count.pointee = logger.count
  }
}

@implementation @_cdecl("mimir_logger_get")
public func mimir_logger_get(
  _ handle: OpaquePointer!, _ index: Int64,
  _ text: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>!, _ length: UnsafeMutablePointer<Int>!
) -> mimir_status {
  text?.pointee = nil
  length?.pointee = 0
  return status { () throws(MimirError) in
    let logger = try logger(handle)
    let (text, length) = (try required(text, "text"), try required(length, "length"))
    let failure = try logger.withText(at: Int(index)) { handOver($0, text, length) }
    if let failure { throw failure }
  }
}

@implementation @_cdecl("mimir_logger_range")
public func mimir_logger_range(
  _ handle: OpaquePointer!, _ start: Int64, _ count: Int,
  _ text: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>!, _ length: UnsafeMutablePointer<Int>!
) -> mimir_status {
  text?.pointee = nil
  length?.pointee = 0
  return status { () throws(MimirError) in
    let logger = try logger(handle)
    let (text, length) = (try required(text, "text"), try required(length, "length"))
    // A size_t: what looks negative is more than there can be.
    let lines = try logger.lines(from: Int(start), count: count < 0 ? .max : count)
    guard !lines.isEmpty else { return }
    if let failure = handOver(lines.bytes, text, length) { throw failure }
  }
}

@implementation @_cdecl("mimir_logger_finish")
public func mimir_logger_finish(_ handle: OpaquePointer!) -> mimir_status {
  status { () throws(MimirError) in try logger(handle).close() }
}

@implementation @_cdecl("mimir_logger_flush")
public func mimir_logger_flush(_ handle: OpaquePointer!) -> mimir_status {
  status { () throws(MimirError) in try logger(handle).flush() }
}

@implementation @_cdecl("mimir_logger_stats")
public func mimir_logger_stats(
  _ handle: OpaquePointer!, _ statistics: UnsafeMutablePointer<mimir_logger_statistics>!
) -> mimir_status {
  status { () throws(MimirError) in
    let target = try required(statistics, "statistics")
    var value = mimir_logger_statistics()
    try SizedStruct.write(value, to: target, smallest: 16, "mimir_logger_statistics")
    let logger = try logger(handle)
    try logger.checkProcess()
    let now = logger.statistics
    value.entries = now.entries
    value.bytes = now.bytes
    value.dropped = now.dropped
    value.recovered = now.recovered
    value.errors = now.errors
    value.pending_entries = now.pendingEntries
    value.pending_bytes = now.pendingBytes
    value.nonfinite = now.nonfinite
    value.repaired_bytes = now.repairedBytes
    try SizedStruct.write(value, to: target, smallest: 16, "mimir_logger_statistics")
  }
}

@implementation @_cdecl("mimir_logger_close")
public func mimir_logger_close(_ handle: OpaquePointer!) -> mimir_status {
  guard let handle else { return mimir_status(MIMIR_OK) }
  let logger = Unmanaged<Logger>.fromOpaque(UnsafeRawPointer(handle)).takeRetainedValue()
  return status { () throws(MimirError) in try logger.close() }
}

@implementation @_cdecl("mimir_logger_stream")
public func mimir_logger_stream(
  _ handle: OpaquePointer!, _ statistics: UnsafeMutablePointer<mimir_publisher_statistics>!
) -> mimir_status {
  status { () throws(MimirError) in
    let target = try required(statistics, "statistics")
    try SizedStruct.write(
      mimir_publisher_statistics(), to: target, smallest: 16, "mimir_publisher_statistics")
    let logger = try logger(handle)
    try logger.checkProcess()
    guard let publisher = logger.publisher else {
      throw MimirError(
        .invalidState, "this logger does not publish; open it with the option stream")
    }
    try SizedStruct.write(
      mimir_publisher_statistics(publisher), to: target, smallest: 16,
      "mimir_publisher_statistics")
  }
}
