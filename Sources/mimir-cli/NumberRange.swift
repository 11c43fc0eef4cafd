import Glibc

/// The lowest and the highest of the numbers of a key.
struct NumberRange {
  struct Extreme {
    let value: Double
    /// As the log has it: a double may be less exact.
    let text: String
  }

  private(set) var min: Extreme?
  private(set) var max: Extreme?
  // Those of the extremes, without their texts.
  private var lowest = Double.nan
  private var highest = Double.nan

  /// A number that JSON has.
  mutating func take(_ value: Double, _ text: UnsafeRawBufferPointer) {
    // Nothing is less or more than what is not there yet.
    if !(value >= lowest) {
      (lowest, min) = (value, Extreme(value: value, text: Self.string(text)))
    }
    if !(value <= highest) {
      (highest, max) = (value, Extreme(value: value, text: Self.string(text)))
    }
  }

  private static func string(_ text: UnsafeRawBufferPointer) -> String {
    String(decoding: text, as: UTF8.self)
  }
}
