import CMimir
import Mimir
import MimirBase
import MimirJSON

extension Logger.Options {
  /// The C options, checked. NULL means the defaults.
  init(_ pointer: UnsafePointer<mimir_logger_options>?) throws(MimirError) {
    self.init()
    guard let pointer else { return }
    var options = mimir_logger_options()
    // Up to and with `path`: what the first options struct had to have to be of any use.
    try SizedStruct.read(pointer, into: &options, smallest: 16, "mimir_logger_options")

    if options.path != nil { filename = try path(options.path) }
    maxlen = Int(clamping: options.maxlen)
    if options.max_entry_bytes != 0 { maxEntryBytes = Int(clamping: options.max_entry_bytes) }
    if options.max_pending_bytes != 0 { maxPendingBytes = Int(clamping: options.max_pending_bytes) }
    mode = try Self.choice(options.mode, "mode", Logger.Mode.init(rawValue:))
    durability = try Self.choice(
      options.durability, "durability", Logger.Durability.init(rawValue:))
    nonfinite = try Self.choice(options.nonfinite, "nonfinite", NonfinitePolicy.init(rawValue:))
    shared = try Self.choice(options.shared, "shared", Self.flag)
    formatter = try Self.choice(options.print, "print", Self.flag) ? .simple : nil
    guard options.reserved == 0 else {
      throw MimirError(.invalidArgument, "reserved is \(options.reserved); it must be 0")
    }
    if try Self.choice(options.stream, "stream", Self.flag) { stream = try Self.stream(options) }
    try setFlush(options)
    try setWarnings(options)
  }

  private static func stream(
    _ options: mimir_logger_options
  ) throws(MimirError) -> StreamOptions {
    var stream = StreamOptions(maxlen: Int(clamping: options.stream_maxlen))
    stream.insecure = try choice(options.insecure, "insecure", flag)
    if options.bind != nil { stream.bind = try path(options.bind) }
    stream.pushPort = try Port.bound(options.push_port, standard: stream.pushPort, "push_port")
    stream.routerPort = try Port.bound(
      options.router_port, standard: stream.routerPort, "router_port")
    if options.key_file != nil { stream.keyFile = try path(options.key_file) }
    if options.authorized_keys != nil { stream.authorizedKeys = try path(options.authorized_keys) }
    return stream
  }

  private mutating func setFlush(_ options: mimir_logger_options) throws(MimirError) {
    switch options.flush {
    case 0: flush = .everyEntry
    case 1:
      let interval = options.flush_interval_ms == 0 ? 100 : options.flush_interval_ms
      flush = .interval(milliseconds: Int(interval))
    default: throw Self.unknown(options.flush, "flush")
    }
  }

  private mutating func setWarnings(_ options: mimir_logger_options) throws(MimirError) {
    switch options.warnings {
    case 0: warnings = .standardError
    case 1:
      let callback = try required(options.on_warning, "on_warning")
      let context = Context(pointer: options.warning_context)
      warnings = .callback { warning in
        var message = warning.message
        message.append("\0")
        message.withUTF8 { bytes in
          bytes.withMemoryRebound(to: CChar.self) {
            callback(context.pointer, warning.code?.rawValue ?? 0, $0.baseAddress, $0.count - 1)
          }
        }
      }
    case 2: warnings = .off
    default: throw Self.unknown(options.warnings, "warnings")
    }
  }

  /// The caller's own pointer, which only its callback uses.
  private struct Context: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer?
  }

  private static func choice<Value>(
    _ number: UInt32, _ name: StaticString, _ make: (UInt32) -> Value?
  ) throws(MimirError) -> Value {
    guard let value = make(number) else { throw unknown(number, name) }
    return value
  }

  private static func flag(_ number: UInt32) -> Bool? { number > 1 ? nil : number == 1 }

  private static func unknown(_ number: UInt32, _ name: StaticString) -> MimirError {
    MimirError(.invalidArgument, "\(name) is \(number), which is none of its values; see mimir.h")
  }
}
