/// A logger's handlers, each with its filters.
///
/// Not an array: an entry lends each handler to its call, where an array's element would be retained
/// and released, which is 8 % of what a log call costs.
struct HandlerList: ~Copyable {
  struct Slot: ~Copyable {
    let handler: any Handler
    let filters: [Filter]
  }

  private var slots: UnsafeMutablePointer<Slot>?
  private var capacity = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// All of them, to be called outside the logger's lock.
  var handlers: [any Handler] { (0..<count).compactMap { slots?[$0].handler } }

  mutating func append(_ slot: consuming Slot) {
    if count == capacity { grow() }
    slots?.advanced(by: count).initialize(to: slot)
    count += 1
  }

  private mutating func grow() {
    capacity = max(2 * capacity, 4)
    let new = UnsafeMutablePointer<Slot>.allocate(capacity: capacity)
    if let slots {
      new.moveInitialize(from: slots, count: count)
      slots.deallocate()
    }
    slots = new
  }

  borrowing func forEach(_ body: (borrowing Slot) -> Void) {
    guard let slots else { return }
    for index in 0..<count { body(slots[index]) }
  }

  deinit {
    slots?.deinitialize(count: count)
    slots?.deallocate()
  }
}
