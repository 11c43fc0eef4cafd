import CZmq
import Glibc
package import MimirBase
import MimirIO

/// A CURVE key pair, or a public key alone, in a file: text with lines `public-key = "…"` and
/// `secret-key = "…"` (Z85, 40 characters), as pyzmq and CZMQ write their certificates.
package struct KeyFile: Sendable {
  private static let keySize = 40
  private static let longest = 1 << 16

  package let publicKey: String
  /// nil in a file that may be given away.
  package let secretKey: String?

  /// Reads a key pair. The file must be its owner's alone.
  package static func pair(_ path: String) throws(MimirError) -> KeyFile {
    let key = try KeyFile(path, mustBePrivate: true)
    guard key.secretKey != nil else {
      throw MimirError(
        .invalidArgument,
        "\(path) has no secret-key; give the file that `mimir keygen` made, not its .pub")
    }
    return key
  }

  /// Reads the public key of a file, whatever else it holds.
  package static func publicKey(_ path: String) throws(MimirError) -> String {
    try KeyFile(path, mustBePrivate: false).publicKey
  }

  private init(_ path: String, mustBePrivate: Bool) throws(MimirError) {
    let file = try FileDescriptor(
      opening: path, flags: O_RDONLY | O_NONBLOCK, system: RealSyscalls.shared)
    let status = try file.status(of: path)
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw MimirError(.unsupported, "\(path) is not a file; a key is")
    }
    if mustBePrivate, status.st_mode & 0o077 != 0 {
      throw MimirError(
        .permission,
        "\(path) can be read or written by others, and holds a secret key: chmod 600 \(path)")
    }
    var bytes = ByteBuffer(capacity: Self.longest)
    bytes.commit(
      try file.read(into: bytes.reserve(Self.longest), count: Self.longest, at: 0, path: path))
    let text = String(decoding: bytes.bytes, as: UTF8.self)
    guard let key = Self.value("public-key", in: text), Self.isKey(key) else {
      throw MimirError(
        .invalidArgument, "\(path) has no line public-key = \"…\" with a key of 40 characters")
    }
    publicKey = key
    secretKey = Self.value("secret-key", in: text)
    if let secretKey, !Self.isKey(secretKey) {
      throw MimirError(.invalidArgument, "\(path): its secret-key is not a key of 40 characters")
    }
  }

  private static func value(_ name: String, in text: String) -> String? {
    for line in text.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, parts[0].allSatisfy({ $0 != "#" }) else { continue }
      if trimmed(parts[0]) == name { return trimmed(parts[1]) }
    }
    return nil
  }

  /// Without the blanks and quotes around it.
  private static func trimmed(_ text: Substring) -> String {
    let around: Set<Character> = [" ", "\t", "\"", "'"]
    guard let first = text.firstIndex(where: { !around.contains($0) }),
      let last = text.lastIndex(where: { !around.contains($0) })
    else { return "" }
    return String(text[first...last])
  }

  private static func isKey(_ text: String) -> Bool { binary(text) != nil }

  /// The 32 bytes that Z85 text stands for.
  static func binary(_ text: String) -> [UInt8]? {
    guard text.utf8.count == keySize else { return nil }
    var bytes = [UInt8](repeating: 0, count: 32)
    return zmq_z85_decode(&bytes, text) == nil ? nil : bytes
  }

  /// Makes a key pair: the file at `path`, of mode 0600, and its public half at `path.pub`. Neither may
  /// be there already.
  package static func generate(_ path: String) throws(MimirError) {
    var publicKey = [CChar](repeating: 0, count: keySize + 1)
    var secretKey = publicKey
    guard zmq_curve_keypair(&publicKey, &secretKey) == 0 else {
      throw MimirError(.unsupported, "this libzmq was built without CURVE, which keys are for")
    }
    let (open, secret) = (text(publicKey), text(secretKey))
    try write(
      "# A Mimir key pair. Keep it secret; give \(path).pub away.\n"
        + "public-key = \"\(open)\"\nsecret-key = \"\(secret)\"\n", to: path, mode: 0o600)
    try write(
      "# A Mimir public key.\npublic-key = \"\(open)\"\n", to: path + ".pub", mode: 0o644)
  }

  private static func text(_ key: [CChar]) -> String {
    String(decoding: key.prefix(keySize).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func write(_ text: String, to path: String, mode: mode_t) throws(MimirError) {
    let file = try FileDescriptor(
      opening: path, flags: O_WRONLY | O_CREAT | O_EXCL, mode: mode, system: RealSyscalls.shared)
    let bytes = ByteBuffer(copying: Array(text.utf8))
    let error = file.write(bytes.bytes, at: 0)
    guard error == 0 else { throw .system(error, "cannot write to", path) }
  }
}

extension ByteBuffer {
  init(copying bytes: [UInt8]) {
    self.init()
    bytes.withUnsafeBytes { append($0) }
  }
}
