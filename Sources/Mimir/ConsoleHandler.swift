public import MimirBase

/// Prints entries on standard output.
public final class ConsoleHandler: Handler {
  private let formatter: Formatter

  public init(formatter: Formatter = .simple) { self.formatter = formatter }

  public func log(_ record: borrowing Record) throws(MimirError) {
    print(formatter.format(record.entry), terminator: "")
  }
}
