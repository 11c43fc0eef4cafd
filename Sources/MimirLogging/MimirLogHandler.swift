public import Logging
public import Mimir
import MimirIO

/// Lets the records of swift-log land in a Mímir log, an entry each.
///
///     import Logging
///     import Mimir
///     import MimirLogging
///
///     let log = try Mimir.Logger(filename: "server.jsonl.gz")
///     LoggingSystem.bootstrap { MimirLogHandler(label: $0, logger: log) }
///
///     Logging.Logger(label: "api").info("started", metadata: ["port": "8080"])
///
/// gives
///
///     {"timestamp":1763739140.512201,"level":"info","label":"api","message":"started",
///      "source":"server","metadata":{"port":"8080"}}
///
/// on one line. `timestamp` is in seconds since 1970. `metadata` is there when there is some, its keys in
/// alphabetical order; numbers and booleans given as `.stringConvertible(200)` stay numbers and booleans.
/// An error that was logged is `error`, with `type` and `message`.
///
/// It never throws and never waits for more than the logger does: see `Mimir.Logger.log`.
public struct MimirLogHandler: LogHandler {
  public let label: String
  public var logLevel: Logging.Logger.Level
  public var metadata: Logging.Logger.Metadata = [:]
  public var metadataProvider: Logging.Logger.MetadataProvider?
  private let logger: Mimir.Logger
  private let location: Bool

  /// - Parameters:
  ///   - label: names the swift-log logger.
  ///   - logger: where records go; it stays yours to close.
  ///   - level: records below it are left out.
  ///   - location: whether entries have `file`, `line` and `function`.
  ///   - metadataProvider: asked for metadata at each record.
  public init(
    label: String, logger: Mimir.Logger, level: Logging.Logger.Level = .info,
    location: Bool = false,
    metadataProvider: Logging.Logger.MetadataProvider? = LoggingSystem.metadataProvider
  ) {
    self.label = label
    self.logger = logger
    self.location = location
    self.metadataProvider = metadataProvider
    logLevel = level
  }

  public subscript(metadataKey key: String) -> Logging.Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var object = JSONObject()
    object.append(key: "timestamp", value: .double(Clock.timestamp()))
    object.append(key: "level", value: .string(event.level.rawValue))
    object.append(key: "label", value: .string(label))
    object.append(key: "message", value: .string(event.message.description))
    object.append(key: "source", value: .string(event.source))
    if location {
      object.append(key: "file", value: .string(event.file))
      object.append(key: "line", value: JSONValue(event.line))
      object.append(key: "function", value: .string(event.function))
    }
    if let error = event.error {
      object.append(
        key: "error",
        value: ["type": .string(String(reflecting: type(of: error))), "message": "\(error)"])
    }
    let metadata = merged(with: event.metadata)
    if !metadata.isEmpty {
      object.append(key: "metadata", value: MetadataJSON.value(.dictionary(metadata)))
    }
    logger.log(Entry(object))
  }

  // Before 1.16.2, swift-log's own default for its oldest entry point calls itself for ever unless a
  // handler has this one too.
  @available(*, deprecated, renamed: "log(event:)")
  public func log(
    level: Logging.Logger.Level, message: Logging.Logger.Message,
    metadata: Logging.Logger.Metadata?, source: String, file: String, function: String, line: UInt
  ) {
    log(
      event: LogEvent(
        level: level, message: message, metadata: metadata, source: source, file: file,
        function: function, line: line))
  }

  /// As swift-log's own handlers do it: the provider's come over the handler's, and those of the
  /// record over both.
  private func merged(with explicit: Logging.Logger.Metadata?) -> Logging.Logger.Metadata {
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
    if let explicit { all.merge(explicit) { _, new in new } }
    return all
  }
}
