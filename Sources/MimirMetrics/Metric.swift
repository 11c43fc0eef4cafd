import MimirJSON

/// Anything that is reported.
protocol Metric: AnyObject, Sendable {
  /// Gives each member that an entry gets: what follows the label in its name, and its value.
  func report(_ member: (_ suffix: String, _ value: JSONValue) -> Void)
}
