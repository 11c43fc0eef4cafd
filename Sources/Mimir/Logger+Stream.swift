package import MimirStream

extension Logger {
  /// Where viewers subscribe: the TCP port; 0 without `options.stream`, and over `ipc://`.
  public var pushPort: Int { generationIsOurs ? state.publisher?.pushPort ?? 0 : 0 }

  /// Where viewers ask for the past: the TCP port; 0 when nothing is held for them.
  public var routerPort: Int { generationIsOurs ? state.publisher?.routerPort ?? 0 : 0 }

  /// The id of this logger's run, by which viewers tell one from the next; nil without
  /// `options.stream`.
  public var run: String? { generationIsOurs ? state.publisher?.run : nil }

  package var publisher: Publisher? { generationIsOurs ? state.publisher : nil }

  private var generationIsOurs: Bool { (try? checkProcess()) != nil }
}
