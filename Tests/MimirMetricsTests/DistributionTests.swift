import Testing

@testable import MimirMetrics

@Suite struct DistributionTests {
  private func distribution(_ values: some Sequence<Double>) -> Distribution {
    var distribution = Distribution()
    for value in values { distribution.record(value) }
    return distribution
  }

  @Test func percentilesAreWithinOnePercent() {
    var random = SystemRandomNumberGenerator()
    for scale in [1e-9, 1, -1, 1e12] {
      let values = (0..<5000).map { _ in
        scale * (Double.random(in: 0...1, using: &random) * 8).squareRoot() + scale
      }
      let sorted = values.sorted()
      let parts = [0.01, 0.5, 0.9, 0.99, 1]
      for (part, quantile) in zip(parts, distribution(values).quantiles(parts)) {
        let exact = sorted[Int((part * 5000).rounded(.up)) - 1]
        #expect(abs(quantile - exact) <= abs(exact) * 0.01, "p\(part) of \(scale)")
      }
    }
  }

  @Test func oneValueIsEveryPercentile() {
    for value in [0, -0.0, 1, -3.7, Double.leastNonzeroMagnitude, 1e308, -1e308] {
      #expect(distribution([value]).quantiles([0.5, 0.9, 0.99]) == [value, value, value])
    }
  }

  @Test func negativeAndPositiveValuesAreInOrder() {
    let values = [-100.0, -1, 0, 1, 100]
    let quantiles = distribution(values.shuffled()).quantiles([0.2, 0.4, 0.6, 0.8, 1])
    for (quantile, exact) in zip(quantiles, values) {
      #expect(abs(quantile - exact) <= abs(exact) * 0.01)
    }
  }

  @Test func whatIsNotFiniteIsCountedApart() {
    let values = distribution([1, .nan, .infinity, -.infinity, 3])
    #expect(values.count == 2)
    #expect(values.nonfinite == 3)
    #expect(values.sum == 4)
    #expect(values.mean == 2)
    #expect(values.min == 1)
    #expect(values.max == 3)
  }

  @Test func theMeanOfHugeValuesIsOneOfThem() {
    let huge = Double.greatestFiniteMagnitude
    #expect(distribution([huge, huge, huge]).mean == huge)
  }
}
