public import CMimir
import Glibc
import Mimir
import MimirBase

@implementation @_cdecl("mimir_copy")
public func mimir_copy(
  _ from: UnsafePointer<CChar>!, _ to: UnsafePointer<CChar>!, _ flags: UInt32
) -> mimir_status {
  status { () throws(MimirError) in
    let (source, target) = (try path(from), try path(to))
    guard flags & ~UInt32(MIMIR_COPY_OVERWRITE) == 0 else {
      throw MimirError(
        .invalidArgument, "flags is \(flags); it can be 0 or MIMIR_COPY_OVERWRITE")
    }
    try LogFiles.copy(source, to: target, overwrite: flags & UInt32(MIMIR_COPY_OVERWRITE) != 0)
  }
}

@implementation @_cdecl("mimir_repair")
public func mimir_repair(
  _ file: UnsafePointer<CChar>!, _ report: UnsafeMutablePointer<mimir_repair_report>!
) -> mimir_status {
  status { () throws(MimirError) in
    let target = try required(report, "report")
    var value = mimir_repair_report()
    // Also says whether struct_size is right, before anything is done.
    try write(value, to: target)
    let report = try LogFiles.repair(try path(file))
    value.healthy = report.healthy ? 1 : 0
    value.entries = UInt64(report.entries)
    value.uncertain_entries = UInt64(report.uncertainEntries)
    value.lines_left_out = UInt64(report.linesLeftOut)
    value.bytes_left_out = UInt64(report.bytesLeftOut)
    if let original = report.original {
      value.original = strdup(original)
      guard value.original != nil else {
        throw MimirError(.outOfMemory, "no memory for a name; the damaged file is \(original)")
      }
    }
    try write(value, to: target)
  }
}

private func write(
  _ value: mimir_repair_report, to target: UnsafeMutablePointer<mimir_repair_report>
) throws(MimirError) {
  try SizedStruct.write(value, to: target, smallest: 48, "mimir_repair_report")
}
