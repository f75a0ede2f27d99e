/// The world that a test replaces: the clock, randomness, ids and waiting.
public struct Surroundings: Sendable {
  public var now: @Sendable () -> Timestamp
  /// That many bytes, fit for keys.
  public var random: @Sendable (Int) -> [UInt8]
  public var id: @Sendable () -> UUIDv7
  /// Throws when the task is cancelled.
  public var sleep: @Sendable (Duration) async throws -> Void

  public init(
    now: @escaping @Sendable () -> Timestamp, random: @escaping @Sendable (Int) -> [UInt8],
    id: @escaping @Sendable () -> UUIDv7, sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.now = now
    self.random = random
    self.id = id
    self.sleep = sleep
  }

  public static let live = Surroundings(
    now: { Timestamp.now() }, random: { Entropy.bytes($0) }, id: { UUIDv7.make() },
    sleep: { try await Task.sleep(for: $0) })
}
