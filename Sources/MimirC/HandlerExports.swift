public import CMimir
import Mimir
import MimirBase

/// Hands each entry to a function of the host program.
private final class CallbackHandler: Handler {
  /// The caller's own pointer, which only its callback uses.
  private struct Context: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer?
  }

  private let callback: @Sendable (borrowing Record) -> Void

  init(
    _ function:
      @escaping @convention(c) (
        UnsafeMutableRawPointer?, UInt64, UnsafePointer<CChar>?, Int
      ) -> Void, _ context: UnsafeMutableRawPointer?
  ) {
    let context = Context(pointer: context)
    callback = { record in
      let text = record.exact.dropLast()
      text.withMemoryRebound(to: CChar.self) {
        function(context.pointer, record.sequence, $0.baseAddress, $0.count)
      }
    }
  }

  func log(_ record: borrowing Record) { callback(record) }
}

@implementation @_cdecl("mimir_logger_add_handler")
public func mimir_logger_add_handler(
  _ handle: OpaquePointer!, _ callback: mimir_handler_callback!, _ context: UnsafeMutableRawPointer!
) -> mimir_status {
  status { () throws(MimirError) in
    let logger = try logger(handle)
    let callback = try required(callback, "callback")
    try logger.checkProcess()
    logger.add(CallbackHandler(callback, context))
  }
}
