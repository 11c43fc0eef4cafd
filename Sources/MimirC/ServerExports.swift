public import CMimir
import Mimir
import MimirBase
import MimirIO
import MimirStream

/// What a `mimir_server` handle points at.
private final class ServerObject {
  let server: LogServer
  let generation = OpenFiles.generation

  init(_ logger: Logger, _ options: RemoteServer.Options) throws(MimirError) {
    server = try LogServer(logger, options)
  }
}

private func server(_ handle: OpaquePointer?) throws(MimirError) -> LogServer {
  let server = Unmanaged<ServerObject>.fromOpaque(
    UnsafeRawPointer(try required(handle, "server"))
  ).takeUnretainedValue().server
  try server.checkProcess()
  return server
}

extension RemoteServer.Options {
  fileprivate init(_ pointer: UnsafePointer<mimir_server_options>?) throws(MimirError) {
    self.init()
    guard let pointer else { return }
    var options = mimir_server_options()
    try SizedStruct.read(pointer, into: &options, smallest: 24, "mimir_server_options")
    guard options.insecure <= 1 else {
      throw MimirError(.invalidArgument, "insecure is \(options.insecure); it must be 0 or 1")
    }
    insecure = options.insecure == 1
    if options.bind != nil { bind = try path(options.bind) }
    port = try Port.bound(options.port, standard: port, "port")
    if options.max_clients != 0 { maxClients = Int(clamping: options.max_clients) }
    if options.client_timeout_ms != 0 { clientTimeout = Int(clamping: options.client_timeout_ms) }
    stragglerEvery = Int(clamping: options.straggler_every)
    if options.key_file != nil { keyFile = try path(options.key_file) }
    if options.authorized_keys != nil { authorizedKeys = try path(options.authorized_keys) }
    if options.max_entry_bytes != 0 { maxEntryBytes = Int(clamping: options.max_entry_bytes) }
    if options.straggler_key != nil { stragglerKey = try path(options.straggler_key) }
    if options.straggler_step_key != nil { stragglerStepKey = try path(options.straggler_step_key) }
    guard let callback = options.on_entry else { return }
    let context = Context(pointer: options.entry_context)
    onEntry = { text in
      callback(context.pointer, text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count)
    }
  }

  /// The caller's own pointer, which only its callback uses.
  private struct Context: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer?
  }
}

@implementation @_cdecl("mimir_server_open")
public func mimir_server_open(
  _ log: OpaquePointer!, _ options: UnsafePointer<mimir_server_options>!,
  _ server: UnsafeMutablePointer<OpaquePointer?>!
) -> mimir_status {
  server?.pointee = nil
  return status { () throws(MimirError) in
    let logger = try logger(log)
    let server = try required(server, "server")
    let opened = try ServerObject(logger, RemoteServer.Options(options))
    server.pointee = OpaquePointer(Unmanaged.passRetained(opened).toOpaque())
  }
}

@implementation @_cdecl("mimir_server_wait")
public func mimir_server_wait(_ handle: OpaquePointer!, _ timeout: Int32) -> mimir_status {
  status { () throws(MimirError) in
    try server(handle).wait(milliseconds: try Timeout.checked(timeout))
  }
}

/// Milliseconds in a call.
enum Timeout {
  static func checked(_ timeout: Int32) throws(MimirError) -> Int {
    guard timeout >= -1 else {
      throw MimirError(.invalidArgument, "timeout_ms is \(timeout); it must be -1 or more")
    }
    return Int(timeout)
  }
}

@implementation @_cdecl("mimir_server_stats")
public func mimir_server_stats(
  _ handle: OpaquePointer!, _ statistics: UnsafeMutablePointer<mimir_server_statistics>!
) -> mimir_status {
  status { () throws(MimirError) in
    let target = try required(statistics, "statistics")
    var value = mimir_server_statistics()
    try SizedStruct.write(value, to: target, smallest: 16, "mimir_server_statistics")
    let server = try server(handle)
    let now = server.statistics
    value.port = UInt32(clamping: server.port)
    value.clients = UInt32(clamping: now.clients)
    value.joined = now.joined
    value.timed_out = now.timedOut
    value.entries = now.entries
    value.repeated = now.repeated
    value.refused = now.refused
    value.ignored = now.ignored
    try SizedStruct.write(value, to: target, smallest: 16, "mimir_server_statistics")
  }
}

@implementation @_cdecl("mimir_server_finish")
public func mimir_server_finish(_ handle: OpaquePointer!) -> mimir_status {
  status { () throws(MimirError) in try server(handle).close() }
}

@implementation @_cdecl("mimir_server_close")
public func mimir_server_close(_ handle: OpaquePointer!) {
  guard let handle else { return }
  let object = Unmanaged<ServerObject>.fromOpaque(UnsafeRawPointer(handle))
  // In a forked child it is kept for ever: its sockets and its thread are the parent's.
  guard object.takeUnretainedValue().generation == OpenFiles.generation else { return }
  object.takeUnretainedValue().server.close()
  object.release()
}
