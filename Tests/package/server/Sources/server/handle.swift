import Logging
import Metrics

private let logger = Logger(label: "api")

/// Knows nothing of Mímir.
func handle(_ request: Int) {
  Timer.measure(label: "request") {
    logger.info("served", metadata: ["request": .stringConvertible(request)])
    logger.debug("not this")
    Counter(label: "requests", dimensions: [("status", "200")]).increment()
  }
}
