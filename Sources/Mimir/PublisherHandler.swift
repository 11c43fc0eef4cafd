public import MimirBase
package import MimirStream

/// Publishes entries live. See docs/protocol.md.
public final class PublisherHandler: Handler {
  package let publisher: Publisher

  package init(_ publisher: Publisher) { self.publisher = publisher }

  public func log(_ record: borrowing Record) throws(MimirError) {
    publisher.publish(
      record.sequence, UnsafeRawBufferPointer(rebasing: record.line[..<(record.line.count - 1)]))
  }

  public func close() throws(MimirError) { publisher.close() }
}
