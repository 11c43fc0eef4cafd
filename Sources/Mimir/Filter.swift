/// Changes or drops entries on their way to a handler.
///
///     let few = Filter { $0["iteration"]?.intValue.map { $0 % 100 == 0 } == true ? $0 : nil }
///     logger.add(ConsoleHandler(), filters: [few])
///
/// Handlers that were given the same filters (the same objects, in the same order) share one run of
/// them for each entry.
public final class Filter: Sendable {
  let apply: @Sendable (Entry) -> Entry?

  /// - Parameter apply: gets the entry; returns it, another one, or nil to drop it for this handler.
  public init(_ apply: @escaping @Sendable (Entry) -> Entry?) { self.apply = apply }
}
