import Mimir
import MimirLogging
import MimirMetrics

let log = try Mimir.Logger(filename: "server.jsonl.gz")
let metrics = try bootstrap(log)
for request in 1...3 { handle(request) }
metrics.close()
try log.close()
