import Mimir

let logger = try Logger(filename: "plain.jsonl.gz")
logger.log(["iteration": 1, "training_error": 0.5])
try logger.close()
