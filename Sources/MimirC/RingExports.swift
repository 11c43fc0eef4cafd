public import CMimir
import MimirBase
import MimirIO
import MimirRing

/// What a `mimir_ring` handle points at.
private final class Ring: Sendable {
  let entries: Locked<EntryRing>

  init(maxlen: Int) { entries = Locked(EntryRing(maxlen: maxlen)) }
}

private func ring(_ handle: OpaquePointer?) throws(MimirError) -> Ring {
  Unmanaged<Ring>.fromOpaque(UnsafeRawPointer(try required(handle, "ring"))).takeUnretainedValue()
}

@implementation @_cdecl("mimir_ring_new")
public func mimir_ring_new(
  _ maxlen: UInt64, _ ring: UnsafeMutablePointer<OpaquePointer?>!
) -> mimir_status {
  status { () throws(MimirError) in
    let ring = try required(ring, "ring")
    ring.pointee = OpaquePointer(
      Unmanaged.passRetained(Ring(maxlen: Int(clamping: maxlen))).toOpaque())
  }
}

@implementation @_cdecl("mimir_ring_push")
public func mimir_ring_push(
  _ handle: OpaquePointer!, _ data: UnsafeRawPointer!, _ length: Int
) -> mimir_status {
  status { () throws(MimirError) in
    let ring = try ring(handle)
    guard length >= 0, length < 1 << 32 else {
      throw MimirError(.tooLarge, "a ring takes strings of less than 4 GiB")
    }
    if length > 0 { _ = try required(data, "data") }
    let bytes = UnsafeRawBufferPointer(start: data, count: length)
    guard ring.entries.withLockUnchecked({ $0.push(bytes) }) else {
      throw MimirError(.outOfMemory, "no memory for \(length) bytes more")
    }
  }
}

@implementation @_cdecl("mimir_ring_count")
public func mimir_ring_count(
  _ handle: OpaquePointer!, _ count: UnsafeMutablePointer<Int>!
) -> mimir_status {
  count?.pointee = 0
  return status { () throws(MimirError) in
    let ring = try ring(handle)
    try required(count, "count").pointee = ring.entries.withLockUnchecked { $0.count }
  }
}

@implementation @_cdecl("mimir_ring_memory")
public func mimir_ring_memory(
  _ handle: OpaquePointer!, _ bytes: UnsafeMutablePointer<Int>!
) -> mimir_status {
  bytes?.pointee = 0
  return status { () throws(MimirError) in
    let ring = try ring(handle)
    try required(bytes, "bytes").pointee = ring.entries.withLockUnchecked { $0.memory }
  }
}

@implementation @_cdecl("mimir_ring_get")
public func mimir_ring_get(
  _ handle: OpaquePointer!, _ index: Int64,
  _ data: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>!, _ length: UnsafeMutablePointer<Int>!
) -> mimir_status {
  data?.pointee = nil
  length?.pointee = 0
  return status { () throws(MimirError) in
    let ring = try ring(handle)
    let (data, length) = (try required(data, "data"), try required(length, "length"))
    let (found, count) = ring.entries.withLockUnchecked { entries in
      (entries.withBytes(at: Int(index)) { handOver($0, data, length) }, entries.count)
    }
    guard let failure = found else {
      throw MimirError(
        .outOfRange,
        "index \(index): the ring holds \(count) strings, so it can be \(-count) to \(count - 1)")
    }
    if let failure { throw failure }
  }
}

@implementation @_cdecl("mimir_ring_clear")
public func mimir_ring_clear(_ handle: OpaquePointer!) -> mimir_status {
  status { () throws(MimirError) in
    try ring(handle).entries.withLockUnchecked { $0.removeAll() }
  }
}

@implementation @_cdecl("mimir_ring_free")
public func mimir_ring_free(_ handle: OpaquePointer!) {
  guard let handle else { return }
  Unmanaged<Ring>.fromOpaque(UnsafeRawPointer(handle)).release()
}
