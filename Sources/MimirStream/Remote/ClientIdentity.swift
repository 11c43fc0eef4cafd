import CZmq
import Glibc
package import MimirBase
package import MimirJSON

/// Who a client of a log server is: what its hello says, and its spool keeps.
package struct ClientIdentity: Sendable, Equatable {
  static let idLength = 16
  static let longestText = 256

  package let id: String
  package var name: String?
  /// Given by the server, for a client without name.
  package var number: Int?
  package var rank: Int?
  package var worldSize: Int?
  package var localRank: Int?
  package var host: String?

  package init(id: String) { self.id = id }

  /// One with a new id.
  package static func make() throws(MimirError) -> ClientIdentity {
    var bytes = [UInt8](repeating: 0, count: idLength)
    guard getrandom(&bytes, bytes.count, 0) == bytes.count else {
      throw MimirError(.io, "the system has no random numbers for the client's id")
    }
    return ClientIdentity(
      id: String(decoding: bytes.map { alphabet[Int($0 & 63)] }, as: UTF8.self))
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  package static func isID(_ text: some Collection<UInt8>) -> Bool {
    text.count == idLength
      && text.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      }
  }

  /// nil when a member is missing or makes no sense.
  package init?(_ object: JSONObject) {
    guard let id = object["id"]?.stringValue, Self.isID(id.utf8) else { return nil }
    self.id = id
    for (key, place) in Self.texts {
      guard let value = object[key], !value.isNull else { continue }
      guard let text = value.stringValue, text.utf8.count <= Self.longestText else { return nil }
      self[keyPath: place] = text
    }
    for (key, place) in Self.numbers {
      guard let value = object[key], !value.isNull else { continue }
      guard let number = value.intValue, (0...Int(Int32.max)).contains(number) else { return nil }
      self[keyPath: place] = number
    }
  }

  package var object: JSONObject {
    var object: JSONObject = ["id": .string(id)]
    for (key, place) in Self.texts {
      if let text = self[keyPath: place] { object[key] = .string(text) }
    }
    for (key, place) in Self.numbers {
      if let number = self[keyPath: place] { object[key] = JSONValue(number) }
    }
    return object
  }

  private static var texts: [(String, WritableKeyPath<ClientIdentity, String?>)] {
    [("name", \.name), ("host", \.host)]
  }

  private static var numbers: [(String, WritableKeyPath<ClientIdentity, Int?>)] {
    [
      ("number", \.number), ("rank", \.rank), ("world_size", \.worldSize),
      ("local_rank", \.localRank),
    ]
  }
}

extension JSONObject {
  /// Compact text. Empty when a member can't be written, which none here can't.
  func text() -> String {
    var buffer = ByteBuffer()
    guard (try? JSONValue.object(self).append(to: &buffer)) != nil else { return "" }
    return String(decoding: buffer.bytes, as: UTF8.self)
  }

  /// nil for what is no object.
  init?(text: UnsafeRawBufferPointer) {
    guard let value = try? JSONValue.parse(text), let object = value.objectValue else { return nil }
    self = object
  }
}
