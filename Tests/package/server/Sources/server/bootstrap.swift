import Logging
import Metrics
import Mimir
import MimirLogging
import MimirMetrics

/// The one file that imports both loggers, and names them by their modules.
func bootstrap(_ log: Mimir.Logger) throws -> MimirMetricsFactory {
  let context = Logging.Logger.MetadataProvider { ["host": "test"] }
  LoggingSystem.bootstrap(
    { MimirLogHandler(label: $0, logger: log, metadataProvider: $1) }, metadataProvider: context)
  let metrics = try MimirMetricsFactory(logger: log, interval: .seconds(600))
  MetricsSystem.bootstrap(metrics)
  return metrics
}
