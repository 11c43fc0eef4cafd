public import Glibc

/// A growable run of bytes on the C heap: no reference counting, no bounds traps, no zeroing.
@frozen
@usableFromInline
package struct ByteBuffer: ~Copyable {
  @usableFromInline package private(set) var base: UnsafeMutablePointer<UInt8>?
  /// Bytes in use.
  @usableFromInline package private(set) var count: Int
  @usableFromInline package private(set) var capacity: Int

  @inlinable
  package init() {
    base = nil
    count = 0
    capacity = 0
  }

  package init(capacity: Int) {
    self.init()
    if capacity > 0 { grow(by: capacity) }
  }

  package init(copying bytes: UnsafeRawBufferPointer) {
    self.init()
    append(bytes)
  }

  deinit { free(base) }

  /// The bytes in use; valid until the next mutation.
  @inlinable
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  @inlinable
  package var isEmpty: Bool { count == 0 }

  /// Makes room for `extra` more bytes and returns where they go; `commit` takes them into use.
  @inlinable
  package mutating func reserve(_ extra: Int) -> UnsafeMutablePointer<UInt8> {
    // Not `<`: so that there is memory, and a pointer, also for nothing.
    if capacity &- count <= extra { grow(by: extra) }
    return base.unsafelyUnwrapped + count
  }

  /// Takes `written` bytes, stored where `reserve` pointed, into use.
  @inlinable
  package mutating func commit(_ written: Int) { count &+= written }

  @inlinable
  package mutating func append(_ byte: UInt8) {
    reserve(1).pointee = byte
    count &+= 1
  }

  @inlinable
  package mutating func append(_ source: UnsafeRawBufferPointer) {
    guard let start = source.baseAddress, source.count > 0 else { return }
    memcpy(reserve(source.count), start, source.count)
    count &+= source.count
  }

  package mutating func append(_ text: StaticString) {
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  package mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  /// Cuts back to `length` bytes; a longer length changes nothing.
  @inlinable
  package mutating func truncate(to length: Int) {
    if length >= 0, length < count { count = length }
  }

  /// Drops the first `length` bytes and moves the rest to the front.
  package mutating func removeFirst(_ length: Int) {
    guard length > 0, let base else { return }
    let rest = max(count - length, 0)
    memmove(base, base + (count - rest), rest)
    count = rest
  }

  /// Gives memory above `limit` back, when nothing is in use: a burst should not stay for ever.
  package mutating func shrink(to limit: Int) {
    guard count == 0, capacity > limit else { return }
    free(base)
    base = nil
    capacity = 0
  }

  @usableFromInline
  package mutating func grow(by extra: Int) {
    let (needed, overflow) = count.addingReportingOverflow(extra)
    precondition(!overflow, "mimir: a buffer would pass the address space")
    let wanted = max(needed + 1, capacity < Int.max / 2 ? capacity * 2 : needed, 64)
    guard let memory = realloc(base, wanted) else {
      fatalError("mimir: out of memory for a buffer of \(wanted) bytes")
    }
    base = memory.assumingMemoryBound(to: UInt8.self)
    capacity = wanted
  }
}
