import ArgumentParser

/// What the command ends with; the manual has the list. Wrong usage is 64, by the argument parser.
enum ExitStatus: Int32 {
  /// It could not be done.
  case failure = 1
  /// It was done, but the log is damaged, or entries were left out.
  case incomplete = 2

  /// To be thrown by a command that has said on standard error what is the matter.
  var error: ExitCode { ExitCode(rawValue) }
}
