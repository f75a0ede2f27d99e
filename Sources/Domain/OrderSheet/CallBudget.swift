public import Kit

/// How many calls an account may still make in the minute that is going by.
public struct CallBudget: Sendable {
  public static let window = Duration.minutes(1)

  /// Calls in any window.
  public let readsMax: Int
  public let writesMax: Int
  private var reads: [Timestamp] = []
  private var writes: [Timestamp] = []

  public init(readsMax: Int, writesMax: Int) {
    self.readsMax = max(1, readsMax)
    self.writesMax = max(1, writesMax)
  }

  /// Takes so many calls, or none at all.
  /// - Returns: `nil` when they are taken, otherwise how long it is until they may be.
  public mutating func take(reads: Int, writes: Int, at now: Timestamp) -> Duration? {
    self.reads.removeAll { now.duration(since: $0) >= Self.window }
    self.writes.removeAll { now.duration(since: $0) >= Self.window }
    let wait = max(
      Self.wait(self.reads, reads, readsMax, now), Self.wait(self.writes, writes, writesMax, now))
    guard wait <= .zero else { return wait }
    self.reads += repeatElement(now, count: reads)
    self.writes += repeatElement(now, count: writes)
    return nil
  }

  /// What was taken and not used.
  public mutating func giveBack(reads: Int, writes: Int) {
    self.reads.removeLast(min(reads, self.reads.count))
    self.writes.removeLast(min(writes, self.writes.count))
  }

  private static func wait(
    _ calls: [Timestamp], _ wanted: Int, _ most: Int, _ now: Timestamp
  ) -> Duration {
    let tooMany = calls.count + min(wanted, most) - most
    guard tooMany > 0 else { return .zero }
    return window - now.duration(since: calls[tooMany - 1])
  }
}
