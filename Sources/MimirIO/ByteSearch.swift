import Glibc

/// Finds bytes in bytes, as the C library does.
package enum ByteSearch {
  package static func contains(_ pattern: [UInt8], in text: UnsafeRawBufferPointer) -> Bool {
    memmem(text.baseAddress, text.count, pattern, pattern.count) != nil
  }

  /// Where the last one begins.
  package static func last(_ pattern: [UInt8], in text: UnsafeRawBufferPointer) -> Int? {
    guard let base = text.baseAddress, let first = pattern.first, text.count >= pattern.count
    else { return nil }
    var end = text.count - pattern.count + 1
    while end > 0, let found = memrchr(base, Int32(first), end) {
      let place = UnsafeRawPointer(found) - base
      if memcmp(base + place, pattern, pattern.count) == 0 { return place }
      end = place
    }
    return nil
  }
}

// GNU's, which Swift's importer does not see.
@_silgen_name("memmem") private func memmem(
  _ text: UnsafeRawPointer?, _ count: Int, _ pattern: UnsafeRawPointer, _ patternCount: Int
) -> UnsafeMutableRawPointer?
@_silgen_name("memrchr") private func memrchr(
  _ text: UnsafeRawPointer, _ byte: Int32, _ count: Int
) -> UnsafeMutableRawPointer?
