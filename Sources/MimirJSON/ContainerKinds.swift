/// Which of the open containers are objects: a bit a level.
struct ContainerKinds {
  static let most = 512
  private var bits = SIMD8<UInt64>()

  @inline(__always)
  subscript(level: Int) -> Bool {
    get { (bits[(level >> 6) & 7] &>> UInt64(level & 63)) & 1 != 0 }
    set {
      let bit: UInt64 = 1 &<< UInt64(level & 63)
      if newValue { bits[(level >> 6) & 7] |= bit } else { bits[(level >> 6) & 7] &= ~bit }
    }
  }
}
