import MimirBase

/// A writer's file as long as it is open.
///
/// Not copyable, so that the one call per entry borrows it: a copy costs a retain and a release, 3 %
/// of a log call.
struct OpenLogFile: ~Copyable {
  let file: any LogFile

  init(_ file: any LogFile) { self.file = file }

  /// Also tells whether the file asks for maintenance.
  func append(_ line: UnsafeRawBufferPointer) -> (outcome: WriteOutcome, needy: Bool) {
    (file.append(line), file.needsMaintenance)
  }
}
