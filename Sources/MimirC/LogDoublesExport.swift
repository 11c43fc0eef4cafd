public import CMimir
import Mimir
import MimirBase
import MimirIO
import MimirJSON

private let writers = PerThread { ObjectWriter() }

@implementation @_cdecl("mimir_logger_log_doubles")
public func mimir_logger_log_doubles(
  _ handle: OpaquePointer!, _ keys: UnsafePointer<mimir_text>!, _ values: UnsafePointer<Double>!,
  _ count: Int
) -> mimir_status {
  status { () throws(MimirError) in
    _ = try required(handle, "logger")
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
      try log(handle, try writer.line(), tokens: writer.nonfinite)
    }
  }
}
