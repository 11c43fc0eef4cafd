package import MimirBase

/// The log that a server stores entries in.
package protocol RemoteLog: AnyObject, Sendable {
  /// Takes an entry: checked, compact text that ends with a newline and holds `tokens` bare NaN or
  /// infinity tokens.
  func log(_ line: UnsafeRawBufferPointer, tokens: Int) -> MimirError?
  /// Brings what it has taken to the file.
  func flush() -> MimirError?
  /// Reads what its file holds.
  func forEachLine(_ body: (UnsafeRawBufferPointer) -> Void) throws(MimirError)
}
