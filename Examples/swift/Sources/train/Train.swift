import Glibc
import Mimir

/// Trains a small classifier of handwritten digits and logs how it goes.
///
///     train FOLDER        reads FOLDER/training.csv and validation.csv, writes FOLDER/swift.jsonl
@main
struct Train {
  static let iterations = 2000
  static let batch = 32
  static let rate = 0.5
  static let logEvery = 20
  static let sampleEvery = 200

  static func main() throws {
    guard CommandLine.arguments.count == 2 else {
      throw DataError(description: "usage: train FOLDER")
    }
    let folder = CommandLine.arguments[1]
    let training = try readDigits("\(folder)/training.csv")
    let validation = try readDigits("\(folder)/validation.csv")
    guard training.count >= batch else {
      throw DataError(description: "training.csv is too short")
    }

    let logger = try Logger(filename: "\(folder)/swift.jsonl", maxlen: 10)
    var model = Softmax()
    for iteration in 1...iterations {
      let first = (iteration - 1) * batch % (training.count - batch + 1)
      let gradientNorm = model.step(training[first..<first + batch], rate: rate)
      guard iteration.isMultiple(of: logEvery) else { continue }
      var entry: Entry = [
        "iteration": JSONValue(iteration),
        "training_error": .double(model.error(training)),
        "validation_error": .double(model.error(validation)),
        "gradient_norm": .double(gradientNorm),
      ]
      if iteration.isMultiple(of: sampleEvery) {  // the first image that it gets wrong
        let wrong = validation.first(where: model.isMistaken) ?? validation[0]
        entry["sample"] = .ndarray(try NDArray(wrong.image, shape: [8, 8]))
      }
      logger.log(entry)
    }
    if let entry = logger[-2] { print("the last but one entry, from memory: \(entry)") }
    try logger.close()
  }
}
