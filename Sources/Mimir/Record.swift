/// One logged entry on its way through the handlers; valid only during `Handler.log(_:)`.
public struct Record: ~Copyable {
  /// The entry's number within its logger, from 1.
  public let sequence: UInt64
  /// As it is stored: under the logger's policy for NaN and infinities, with the newline.
  package let line: UnsafeRawBufferPointer
  /// As it was logged: with bare NaN and infinities, with the newline.
  package let exact: UnsafeRawBufferPointer

  /// The JSON text, without a newline, as it is stored.
  public var text: String { String(decoding: line.dropLast(), as: UTF8.self) }

  /// The entry, with NaN and infinities as they were logged.
  public var entry: Entry {
    Entry(checked: UnsafeRawBufferPointer(rebasing: exact.dropLast())) ?? Entry()
  }
}
