public import CMimir
import Glibc
import Mimir
import MimirBase

/// What a `mimir_reader` handle points at.
private final class Reader {
  let entries: LogReader
  /// The last report's, handed out.
  private var message: UnsafeMutablePointer<CChar>?

  init(_ path: String) throws(MimirError) { entries = try LogReader(path) }

  deinit { free(message) }

  func message(of report: LogReader.Report) throws(MimirError) -> UnsafePointer<CChar> {
    guard let copy = strdup(report.description) else {
      throw MimirError(.outOfMemory, "no memory for a report")
    }
    free(message)
    message = copy
    return UnsafePointer(copy)
  }
}

private func reader(_ handle: OpaquePointer?) throws(MimirError) -> Reader {
  Unmanaged<Reader>.fromOpaque(UnsafeRawPointer(try required(handle, "reader")))
    .takeUnretainedValue()
}

@implementation @_cdecl("mimir_reader_open")
public func mimir_reader_open(
  _ file: UnsafePointer<CChar>!, _ reader: UnsafeMutablePointer<OpaquePointer?>!
) -> mimir_status {
  reader?.pointee = nil
  return status { () throws(MimirError) in
    let reader = try required(reader, "reader")
    let opened = try Reader(try path(file))
    reader.pointee = OpaquePointer(Unmanaged.passRetained(opened).toOpaque())
  }
}

@implementation @_cdecl("mimir_reader_next")
public func mimir_reader_next(
  _ handle: OpaquePointer!, _ text: UnsafeMutablePointer<UnsafePointer<CChar>?>!,
  _ length: UnsafeMutablePointer<Int>!
) -> mimir_status {
  text?.pointee = nil
  length?.pointee = 0
  return status { () throws(MimirError) in
    let handle = try required(handle, "reader")
    let (text, length) = (try required(text, "text"), try required(length, "length"))
    // Without counting references: the caller holds one for as long as the call lasts.
    let reader = Unmanaged<Reader>.fromOpaque(UnsafeRawPointer(handle))
    let error = reader._withUnsafeGuaranteedRef { reader -> MimirError? in
      do throws(MimirError) {
        guard let entry = try reader.entries.nextBytes() else { return nil }
        text.pointee = entry.baseAddress?.assumingMemoryBound(to: CChar.self)
        length.pointee = entry.count
        return nil
      } catch {
        return error
      }
    }
    if let error { throw error }
  }
}

@implementation @_cdecl("mimir_reader_last")
public func mimir_reader_last(_ handle: OpaquePointer!, _ count: UInt64) -> mimir_status {
  status { () throws(MimirError) in try reader(handle).entries.seekToLast(Int(clamping: count)) }
}

@implementation @_cdecl("mimir_reader_report")
public func mimir_reader_report(
  _ handle: OpaquePointer!, _ statistics: UnsafeMutablePointer<mimir_reader_statistics>!
) -> mimir_status {
  status { () throws(MimirError) in
    let target = try required(statistics, "statistics")
    var value = mimir_reader_statistics()
    try SizedStruct.write(value, to: target, smallest: 16, "mimir_reader_statistics")
    let reader = try reader(handle)
    let report = reader.entries.report
    value.damaged = report.damaged ? 1 : 0
    value.torn = report.torn ? 1 : 0
    value.entries = report.entries
    value.skipped_lines = report.skippedLines
    value.skipped_bytes = report.skippedBytes
    value.message = try reader.message(of: report)
    try SizedStruct.write(value, to: target, smallest: 16, "mimir_reader_statistics")
  }
}

@implementation @_cdecl("mimir_reader_close")
public func mimir_reader_close(_ reader: OpaquePointer!) {
  guard let reader else { return }
  Unmanaged<Reader>.fromOpaque(UnsafeRawPointer(reader)).release()
}
