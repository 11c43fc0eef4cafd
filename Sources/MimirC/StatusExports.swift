public import CMimir
import Glibc
import MimirBase

@implementation @_cdecl("mimir_status_string")
public func mimir_status_string(_ status: mimir_status) -> UnsafePointer<CChar>! {
  guard status != 0 else { return staticText("MIMIR_OK") }
  guard let code = MimirError.Code(rawValue: status) else { return staticText("unknown status") }
  return staticText(code.name)
}

@implementation @_cdecl("mimir_last_error")
public func mimir_last_error() -> UnsafePointer<CChar>! { LastError.message }

@implementation @_cdecl("mimir_version_string")
public func mimir_version_string() -> UnsafePointer<CChar>! { staticText("0.1.0") }

@implementation @_cdecl("mimir_version_number")
public func mimir_version_number() -> UInt32 {
  UInt32(MIMIR_VERSION_MAJOR * 1_000_000 + MIMIR_VERSION_MINOR * 1000 + MIMIR_VERSION_PATCH)
}

@implementation @_cdecl("mimir_free")
public func mimir_free(_ memory: UnsafeMutableRawPointer!) { free(memory) }

extension MimirError.Code {
  fileprivate var name: StaticString {
    switch self {
    case .invalidArgument: "MIMIR_ERROR_INVALID_ARGUMENT"
    case .invalidJSON: "MIMIR_ERROR_INVALID_JSON"
    case .invalidUTF8: "MIMIR_ERROR_INVALID_UTF8"
    case .nonfinite: "MIMIR_ERROR_NONFINITE"
    case .tooLarge: "MIMIR_ERROR_TOO_LARGE"
    case .tooDeep: "MIMIR_ERROR_TOO_DEEP"
    case .invalidState: "MIMIR_ERROR_INVALID_STATE"
    case .closed: "MIMIR_ERROR_CLOSED"
    case .forked: "MIMIR_ERROR_FORKED"
    case .outOfRange: "MIMIR_ERROR_OUT_OF_RANGE"
    case .outOfMemory: "MIMIR_ERROR_OUT_OF_MEMORY"
    case .io: "MIMIR_ERROR_IO"
    case .noSpace: "MIMIR_ERROR_NO_SPACE"
    case .notFound: "MIMIR_ERROR_NOT_FOUND"
    case .exists: "MIMIR_ERROR_EXISTS"
    case .permission: "MIMIR_ERROR_PERMISSION"
    case .locked: "MIMIR_ERROR_LOCKED"
    case .busy: "MIMIR_ERROR_BUSY"
    case .dropped: "MIMIR_ERROR_DROPPED"
    case .unsupported: "MIMIR_ERROR_UNSUPPORTED"
    case .corrupt: "MIMIR_ERROR_CORRUPT"
    case .addressInUse: "MIMIR_ERROR_ADDRESS_IN_USE"
    case .network: "MIMIR_ERROR_NETWORK"
    case .timedOut: "MIMIR_ERROR_TIMED_OUT"
    }
  }
}
