import Glibc
package import MimirBase
import MimirIO

/// The clients that a publisher admits: the public keys in the files of a folder. Read again for each
/// connection, so that a key counts as soon as it is there, and no more when it is gone.
package struct AuthorizedKeys: Sendable {
  private static let most = 100_000
  let folder: String

  package init(_ folder: String) throws(MimirError) {
    self.folder = folder
    guard let directory = opendir(folder) else {
      throw .system(-Int(errno), "cannot read the folder of authorized keys", folder)
    }
    closedir(directory)
  }

  /// Whether the key of 32 bytes is there. What is no key in the folder admits nobody.
  func admit(_ key: UnsafeRawBufferPointer) -> Bool {
    guard key.count == 32, let directory = opendir(folder) else { return false }
    defer { closedir(directory) }
    var count = 0
    while let entry = readdir(directory), count < Self.most {
      count += 1
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard !name.hasPrefix("."), let text = try? KeyFile.publicKey(folder + "/" + name),
        let known = KeyFile.binary(text)
      else { continue }
      if key.elementsEqual(known) { return true }
    }
    return false
  }
}
