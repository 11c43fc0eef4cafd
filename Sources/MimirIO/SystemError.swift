import Glibc
package import MimirBase

extension MimirError {
  /// The error for a failed system call: what was tried, on which file, and the system's reason.
  package static func system(_ number: Int, _ action: String, _ path: String) -> MimirError {
    let number = Int32(truncatingIfNeeded: abs(number))
    let reason = String(cString: strerror(number))
    return MimirError(code(for: number), "\(action) \(path): \(reason)\(advice(for: number))")
  }

  /// A failed sync, which lasts as long as the log is open.
  package static func lastingSync(_ number: Int, _ path: String) -> MimirError {
    let error = system(number, "cannot bring to the disk what was written to", path)
    return MimirError(
      error.code,
      error.message + "; whether the last entries are on the disk is not known, "
        + "and stays so until the log is opened anew")
  }

  private static func code(for number: Int32) -> Code {
    switch number {
    case ENOSPC, EDQUOT, EFBIG: .noSpace
    case ENOENT, ENOTDIR: .notFound
    case EEXIST: .exists
    case EACCES, EPERM, EROFS: .permission
    case EISDIR: .unsupported
    case ENOMEM: .outOfMemory
    default: .io
    }
  }

  private static func advice(for number: Int32) -> String {
    switch number {
    case ENOSPC: "; free some space on that disk"
    case EDQUOT: "; the quota is used up"
    case ENOENT: "; create the folder first, or check the path"
    case ENOTDIR: "; a part of the path is not a folder"
    case EACCES, EPERM: "; check the permissions of the file and its folder"
    case EISDIR: "; give the path of a file"
    case EMFILE, ENFILE: "; raise the limit of open files (ulimit -n)"
    default: ""
    }
  }
}
