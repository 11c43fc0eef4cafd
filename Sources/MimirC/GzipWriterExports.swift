public import CMimir
import Mimir
import MimirBase

private func writer(_ handle: OpaquePointer?) throws(MimirError) -> GzipWriter {
  Unmanaged<GzipWriter>.fromOpaque(UnsafeRawPointer(try required(handle, "writer")))
    .takeUnretainedValue()
}

extension GzipWriter.Options {
  /// The C options, checked. NULL means the defaults.
  init(_ pointer: UnsafePointer<mimir_gzip_writer_options>?) throws(MimirError) {
    self.init()
    guard let pointer else { return }
    var options = mimir_gzip_writer_options()
    try SizedStruct.read(pointer, into: &options, smallest: 8, "mimir_gzip_writer_options")
    // The same names and values as the logger's.
    var same = mimir_logger_options()
    same.struct_size = UInt32(MemoryLayout<mimir_logger_options>.size)
    same.mode = options.mode
    same.flush = options.flush
    same.flush_interval_ms = options.flush_interval_ms
    same.durability = options.durability
    same.shared = options.shared
    same.max_pending_bytes = options.max_pending_bytes
    let checked = try Logger.Options(&same)
    mode = checked.mode
    flush = checked.flush
    durability = checked.durability
    shared = checked.shared
    maxPendingBytes = checked.maxPendingBytes
  }
}

@implementation @_cdecl("mimir_gzip_writer_open")
public func mimir_gzip_writer_open(
  _ file: UnsafePointer<CChar>!, _ options: UnsafePointer<mimir_gzip_writer_options>!,
  _ writer: UnsafeMutablePointer<OpaquePointer?>!
) -> mimir_status {
  writer?.pointee = nil
  return status { () throws(MimirError) in
    let writer = try required(writer, "writer")
    let opened = try GzipWriter(try path(file), GzipWriter.Options(options))
    writer.pointee = OpaquePointer(Unmanaged.passRetained(opened).toOpaque())
  }
}

@implementation @_cdecl("mimir_gzip_writer_write")
public func mimir_gzip_writer_write(
  _ handle: OpaquePointer!, _ data: UnsafeRawPointer!, _ length: Int
) -> mimir_status {
  status { () throws(MimirError) in
    let writer = try writer(handle)
    guard length >= 0 else {
      throw MimirError(.invalidArgument, "length is past the address space")
    }
    if length > 0 { _ = try required(data, "data") }
    try writer.write(UnsafeRawBufferPointer(start: data, count: length))
  }
}

@implementation @_cdecl("mimir_gzip_writer_flush")
public func mimir_gzip_writer_flush(_ handle: OpaquePointer!) -> mimir_status {
  status { () throws(MimirError) in try writer(handle).flush() }
}

@implementation @_cdecl("mimir_gzip_writer_close")
public func mimir_gzip_writer_close(_ handle: OpaquePointer!) -> mimir_status {
  guard let handle else { return mimir_status(MIMIR_OK) }
  let writer = Unmanaged<GzipWriter>.fromOpaque(UnsafeRawPointer(handle)).takeRetainedValue()
  return status { () throws(MimirError) in try writer.close() }
}
