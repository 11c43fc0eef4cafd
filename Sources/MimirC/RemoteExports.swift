public import CMimir
import Mimir
import MimirBase
import MimirIO
import MimirJSON

/// What a `mimir_remote` handle points at.
private final class RemoteObject {
  let logger: RemoteLogger
  let generation = OpenFiles.generation

  init(_ options: RemoteLogger.Options) throws(MimirError) { logger = try RemoteLogger(options) }
}

private func remote(_ handle: OpaquePointer?) throws(MimirError) -> RemoteLogger {
  Unmanaged<RemoteObject>.fromOpaque(UnsafeRawPointer(try required(handle, "remote")))
    ._withUnsafeGuaranteedRef { $0.logger }
}

private let writers = PerThread { ObjectWriter() }

extension RemoteLogger.Options {
  fileprivate init(_ pointer: UnsafePointer<mimir_remote_options>?) throws(MimirError) {
    self.init()
    guard let pointer else { return }
    var options = mimir_remote_options()
    try SizedStruct.read(pointer, into: &options, smallest: 24, "mimir_remote_options")
    for (name, flag) in [
      ("memory_only", options.memory_only), ("no_launcher", options.no_launcher),
      ("has_rank", options.has_rank),
    ] where flag > 1 {
      throw MimirError(.invalidArgument, "\(name) is \(flag); it must be 0 or 1")
    }
    guard options.reserved == 0 else {
      throw MimirError(.invalidArgument, "reserved is \(options.reserved); it must be 0")
    }
    if options.host != nil { host = try path(options.host) }
    port = try Port.connected(options.port, standard: port, "port")
    if options.name != nil { name = try path(options.name) }
    if options.spool != nil { spool = try path(options.spool) }
    memoryOnly = options.memory_only == 1
    asksLauncher = options.no_launcher == 0
    if options.has_rank == 1 {
      guard let rank = Int32(exactly: options.rank) else {
        throw MimirError(.invalidArgument, "rank is \(options.rank); it must be less than 2^31")
      }
      self.rank = Int(rank)
    }
    if options.world_size != 0 {
      guard let size = Int32(exactly: options.world_size) else {
        throw MimirError(
          .invalidArgument, "world_size is \(options.world_size); it must be less than 2^31")
      }
      worldSize = Int(size)
    }
    if options.key_file != nil { keyFile = try path(options.key_file) }
    if options.server_key != nil { serverKey = try path(options.server_key) }
    if options.max_entry_bytes != 0 { maxEntryBytes = Int(clamping: options.max_entry_bytes) }
    if options.max_queue_bytes != 0 { maxQueueBytes = Int(clamping: options.max_queue_bytes) }
    if options.max_spool_bytes != 0 { maxSpoolBytes = Int(clamping: options.max_spool_bytes) }
  }
}

@implementation @_cdecl("mimir_remote_open")
public func mimir_remote_open(
  _ options: UnsafePointer<mimir_remote_options>!, _ remote: UnsafeMutablePointer<OpaquePointer?>!
) -> mimir_status {
  remote?.pointee = nil
  return status { () throws(MimirError) in
    let remote = try required(remote, "remote")
    let opened = try RemoteObject(RemoteLogger.Options(options))
    remote.pointee = OpaquePointer(Unmanaged.passRetained(opened).toOpaque())
  }
}

@implementation @_cdecl("mimir_remote_log")
public func mimir_remote_log(_ handle: OpaquePointer!, _ text: OpaquePointer!) -> mimir_status {
  status { () throws(MimirError) in
    let remote = try remote(handle)
    try remote.log(line: try entry(text).pointee.line())
  }
}

@implementation @_cdecl("mimir_remote_log_json")
public func mimir_remote_log_json(
  _ handle: OpaquePointer!, _ json: UnsafePointer<CChar>!, _ length: Int
) -> mimir_status {
  status { () throws(MimirError) in
    let remote = try remote(handle)
    try remote.log(json: try text(json, length, "text"))
  }
}

@implementation @_cdecl("mimir_remote_log_doubles")
public func mimir_remote_log_doubles(
  _ handle: OpaquePointer!, _ keys: UnsafePointer<mimir_text>!, _ values: UnsafePointer<Double>!,
  _ count: Int
) -> mimir_status {
  status { () throws(MimirError) in
    let remote = try remote(handle)
    guard count >= 0 else { throw MimirError(.invalidArgument, "count is past the address space") }
    if count > 0 {
      _ = try required(keys, "keys")
      _ = try required(values, "values")
    }
    try writers.use { writer throws(MimirError) in
      writer.clear()
      for index in 0..<count {
        let key = keys[index]
        try writer.setDouble(try text(key.data, key.length, "a key"), values[index])
      }
      try remote.log(line: try writer.line())
    }
  }
}

@implementation @_cdecl("mimir_remote_flush")
public func mimir_remote_flush(_ handle: OpaquePointer!, _ timeout: Int32) -> mimir_status {
  status { () throws(MimirError) in
    try remote(handle).flush(milliseconds: try Timeout.checked(timeout))
  }
}

@implementation @_cdecl("mimir_remote_stats")
public func mimir_remote_stats(
  _ handle: OpaquePointer!, _ statistics: UnsafeMutablePointer<mimir_remote_statistics>!
) -> mimir_status {
  status { () throws(MimirError) in
    let target = try required(statistics, "statistics")
    var value = mimir_remote_statistics()
    try SizedStruct.write(value, to: target, smallest: 16, "mimir_remote_statistics")
    let remote = try remote(handle)
    try remote.checkProcess()
    let now = remote.statistics
    value.connected = now.connected ? 1 : 0
    value.entries = now.entries
    value.stored = now.stored
    value.refused = now.refused
    value.dropped = now.dropped
    value.spooled = now.spooled
    value.spool_bytes = UInt64(clamping: now.spoolBytes)
    value.in_memory = now.inMemory
    value.adopted = now.adopted
    value.reconnections = now.reconnections
    RunText.write(remote.id, into: &value.id)
    RunText.write(now.problem, into: &value.problem)
    try SizedStruct.write(value, to: target, smallest: 16, "mimir_remote_statistics")
  }
}

@implementation @_cdecl("mimir_remote_close")
public func mimir_remote_close(
  _ handle: OpaquePointer!, _ timeout: Int32, _ spooled: UnsafeMutablePointer<UInt64>!
) -> mimir_status {
  spooled?.pointee = 0
  guard let handle else { return mimir_status(MIMIR_OK) }
  let object = Unmanaged<RemoteObject>.fromOpaque(UnsafeRawPointer(handle))
  // In a forked child it is kept for ever: its sockets and its thread are the parent's.
  guard object.takeUnretainedValue().generation == OpenFiles.generation else {
    return mimir_status(MIMIR_OK)
  }
  let logger = object.takeUnretainedValue().logger
  object.release()
  return status { () throws(MimirError) in
    // Freed whatever is asked for.
    let left = try logger.close(milliseconds: Int(max(timeout, -1)))
    spooled?.pointee = left
  }
}

@implementation @_cdecl("mimir_spool_send")
public func mimir_spool_send(
  _ options: UnsafePointer<mimir_remote_options>!, _ timeout: Int32,
  _ report: UnsafeMutablePointer<mimir_spool_report>!
) -> mimir_status {
  status { () throws(MimirError) in
    if let report {
      try SizedStruct.write(
        mimir_spool_report(), to: report, smallest: 16, "mimir_spool_report")
    }
    let milliseconds = try Timeout.checked(timeout)
    let done = try RemoteLogger.sendSpools(
      RemoteLogger.Options(options), milliseconds: milliseconds)
    if let report {
      var value = mimir_spool_report()
      value.busy = UInt32(clamping: done.busy)
      value.spools = done.spools
      value.entries = done.entries
      value.refused = done.refused
      value.left = done.left
      try SizedStruct.write(value, to: report, smallest: 16, "mimir_spool_report")
    }
    guard done.left == 0 else {
      throw MimirError(
        .timedOut,
        "\(done.left) entries are still in spools"
          + (done.problem.isEmpty ? "" : ": \(done.problem)"))
    }
  }
}
