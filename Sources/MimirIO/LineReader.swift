package import MimirBase

/// Reads the lines of a log, also of one that is being written: takes no lock.
///
/// One thread at a time.
package protocol LineReader: AnyObject {
  /// A line without its newline, valid until the next call; nil at the end. What follows the last
  /// newline counts as a line.
  func next() throws(MimirError) -> UnsafeRawBufferPointer?
  /// Whether a newline followed the line that `next` gave last.
  var endsLine: Bool { get }
  /// `next` then gives the last `count` lines that end with a newline, and what follows the last
  /// newline. Costs in proportion to `count`.
  @discardableResult
  func seekToLast(_ count: Int) throws(MimirError) -> LastLines
  /// How far in the file it has come.
  var position: Int { get }
  /// What was left out so far.
  var report: ReadReport { get }
}

/// What a reader found at a log's end.
package struct LastLines {
  /// How many lines that end with a newline will come: what was asked for, or all there are.
  package var count: Int
  /// What follows the last newline.
  package var rest: [UInt8]

  package init(count: Int, rest: [UInt8]) {
    self.count = count
    self.rest = rest
  }
}

/// Where a `LineSplitter` gets its text.
package protocol TextSource: AnyObject {
  /// Puts the text that follows into `out`, in place of what is there.
  func read(into out: inout ByteBuffer) throws(MimirError) -> TextStep
}

package enum TextStep {
  case text
  /// No text: something was left out, and what comes next does not continue what came before.
  case gap
  case end
}
