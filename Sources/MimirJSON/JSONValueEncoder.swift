package import MimirBase

/// Turns any `Encodable` into a JSON value. Native numbers keep their type, and a `JSONValue` stays
/// what it is.
package enum JSONValueEncoder {
  /// - Throws: `.tooDeep` past 512 levels; `.invalidArgument`, naming the coding path, for what the
  ///   value's `encode(to:)` throws.
  package static func encode(_ value: some Encodable) throws(MimirError) -> JSONValue {
    let state = EncodingState()
    do {
      return try EncodingPlace(state: state).encoded(value).value
    } catch let error as MimirError {
      throw error
    } catch let error as EncodingError {
      guard case .invalidValue(let culprit, let context) = error else {
        throw EncodingState.failure("\(error)", state.failedPath ?? [])
      }
      let reason = "cannot encode \(type(of: culprit)): \(context.debugDescription)"
      throw EncodingState.failure(reason, context.codingPath)
    } catch {
      throw EncodingState.failure("cannot encode the value: \(error)", state.failedPath ?? [])
    }
  }
}

/// What the containers of one `encode` share.
final class EncodingState {
  /// A misuse met where nothing can be thrown; the next call that can throws it.
  var fault: MimirError?
  /// Where the error came from that is on its way out.
  var failedPath: [any CodingKey]?

  static func failure(_ reason: String, _ path: [any CodingKey]) -> MimirError {
    let place = path.map { "/" + ($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
    return MimirError(
      .invalidArgument,
      "\(reason), at \(place.isEmpty ? "the top" : place); log something that can be encoded")
  }
}
