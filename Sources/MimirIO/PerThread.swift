import Glibc
package import MimirBase

/// A value per thread, made at its first use there and freed when the thread ends: working memory
/// that needs neither a lock nor an allocation per use.
package final class PerThread<Value: ~Copyable>: Sendable {
  /// Frees the slot: a key's destructor is a C function, and knows no generic type.
  private final class Owner {
    let slot = UnsafeMutablePointer<PerThreadSlot>.allocate(capacity: 1)
    private let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)

    init(_ initial: consuming Value) {
      value.initialize(to: initial)
      slot.initialize(to: PerThreadSlot(owner: Unmanaged.passUnretained(self), value: value))
    }

    deinit {
      value.deinitialize(count: 1)
      value.deallocate()
      slot.deallocate()
    }
  }

  private let key: pthread_key_t?
  private let make: @Sendable () -> Value

  package init(_ make: @escaping @Sendable () -> Value) {
    self.make = make
    var key = pthread_key_t()
    let result = pthread_key_create(&key) { slot in
      slot?.assumingMemoryBound(to: PerThreadSlot.self).pointee.owner.release()
    }
    self.key = result == 0 ? key : nil
  }

  /// Lends this thread's value. A use within a use gets one of its own.
  package func use<Result>(
    _ body: (inout Value) throws(MimirError) -> Result
  ) throws(MimirError) -> Result {
    guard let slot = slot(), !slot.pointee.inUse else {
      var value = make()
      return try body(&value)
    }
    slot.pointee.inUse = true
    defer { slot.pointee.inUse = false }
    return try body(&slot.pointee.value.assumingMemoryBound(to: Value.self).pointee)
  }

  private func slot() -> UnsafeMutablePointer<PerThreadSlot>? {
    guard let key else { return nil }
    if let known = pthread_getspecific(key) {
      return known.assumingMemoryBound(to: PerThreadSlot.self)
    }
    let owner = Unmanaged.passRetained(Owner(make()))
    let slot = owner.takeUnretainedValue().slot
    guard pthread_setspecific(key, slot) == 0 else {
      owner.release()
      return nil
    }
    return slot
  }
}

/// What the thread's key leads to: looked at without a retain and a release, which would cost as
/// much as all else here. Not generic, because code that knows no `Value` asks the runtime for the
/// layout of what is, each time.
private struct PerThreadSlot {
  let owner: Unmanaged<AnyObject>
  let value: UnsafeMutableRawPointer
  var inUse = false
}
