import Glibc
package import MimirBase

/// A value per thread, made at its first use there and freed when the thread ends: working memory
/// that needs neither a lock nor an allocation per use.
package final class PerThread<Value: ~Copyable>: Sendable {
  private final class Box {
    let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    var inUse = false

    init(_ initial: consuming Value) { value.initialize(to: initial) }

    deinit {
      value.deinitialize(count: 1)
      value.deallocate()
    }
  }

  private let key: pthread_key_t?
  private let make: @Sendable () -> Value

  package init(_ make: @escaping @Sendable () -> Value) {
    self.make = make
    var key = pthread_key_t()
    let result = pthread_key_create(&key) { box in
      if let box { Unmanaged<AnyObject>.fromOpaque(box).release() }
    }
    self.key = result == 0 ? key : nil
  }

  /// Lends this thread's value. A use within a use gets one of its own.
  package func use<Result>(
    _ body: (inout Value) throws(MimirError) -> Result
  ) throws(MimirError) -> Result {
    guard let box = box(), !box.inUse else {
      var value = make()
      return try body(&value)
    }
    box.inUse = true
    defer { box.inUse = false }
    return try body(&box.value.pointee)
  }

  private func box() -> Box? {
    guard let key else { return nil }
    if let known = pthread_getspecific(key) {
      return Unmanaged<Box>.fromOpaque(known).takeUnretainedValue()
    }
    let box = Unmanaged.passRetained(Box(make()))
    guard pthread_setspecific(key, box.toOpaque()) == 0 else {
      box.release()
      return nil
    }
    return box.takeUnretainedValue()
  }
}
