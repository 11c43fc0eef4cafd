import Glibc

struct Digit {
  /// Grey values, 0 to 1, row by row.
  var image: [Double]
  var label: Int
}

struct DataError: Error, CustomStringConvertible {
  let description: String
}

/// Reads lines of label,pixel,pixel,…
func readDigits(_ path: String) throws -> [Digit] {
  guard let file = fopen(path, "r") else { throw DataError(description: "\(path) is missing") }
  defer { fclose(file) }
  var digits: [Digit] = []
  var line = [CChar](repeating: 0, count: 4096)
  while fgets(&line, Int32(line.count), file) != nil {
    let text = line.withUnsafeBufferPointer { buffer in
      String(decoding: buffer.prefix { $0 != 0 }.lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
    let numbers = text.split { $0 == "," || $0.isNewline }.compactMap { Double($0) }
    guard numbers.count == 65, let label = Int(exactly: numbers[0]), 0..<10 ~= label else {
      throw DataError(description: "\(path), line \(digits.count + 1) is damaged")
    }
    digits.append(Digit(image: Array(numbers.dropFirst()), label: label))
  }
  return digits
}

/// A linear classifier: ten weight images and a bias each, trained by gradient descent.
struct Softmax {
  private var weights = [[Double]](repeating: [Double](repeating: 0, count: 64), count: 10)
  private var bias = [Double](repeating: 0, count: 10)

  /// Takes one step down the gradient of the cross entropy; returns the gradient's norm.
  mutating func step(_ batch: some Collection<Digit>, rate: Double) -> Double {
    var gradient = Softmax()
    for digit in batch {
      let scores = scores(digit.image)
      let largest = scores.max() ?? 0
      let likelihood = scores.map { exp($0 - largest) }
      let sum = likelihood.reduce(0, +)
      for k in 0..<10 {
        let slope = (likelihood[k] / sum - (k == digit.label ? 1 : 0)) / Double(batch.count)
        gradient.bias[k] += slope
        for i in 0..<64 { gradient.weights[k][i] += slope * digit.image[i] }
      }
    }
    var squares = 0.0
    for k in 0..<10 {
      squares += gradient.bias[k] * gradient.bias[k]
      bias[k] -= rate * gradient.bias[k]
      for i in 0..<64 {
        squares += gradient.weights[k][i] * gradient.weights[k][i]
        weights[k][i] -= rate * gradient.weights[k][i]
      }
    }
    return squares.squareRoot()
  }

  func isMistaken(_ digit: Digit) -> Bool {
    let scores = scores(digit.image)
    return scores.indices.max { scores[$0] < scores[$1] } != digit.label
  }

  /// The share of digits that it takes for another one.
  func error(_ digits: [Digit]) -> Double {
    Double(digits.count { isMistaken($0) }) / Double(digits.count)
  }

  private func scores(_ image: [Double]) -> [Double] {
    (0..<10).map { k in
      zip(weights[k], image).reduce(bias[k]) { $0 + $1.0 * $1.1 }
    }
  }
}
