/// Growing waits between tries.
public struct Backoff: Sendable, Equatable {
  public var first: Duration
  public var factor: Double
  public var cap: Duration
  /// Share of the delay that is drawn at random, 0 to 1.
  public var jitter: Double

  public init(first: Duration, factor: Double, cap: Duration, jitter: Double) {
    self.first = first
    self.factor = factor
    self.cap = cap
    self.jitter = jitter
  }

  /// - Parameters:
  ///   - try: 1 for the wait after the first try.
  ///   - random: 0 up to 1.
  public func delay(try number: Int, random: Double) -> Duration {
    var delay = first
    for _ in 1..<max(1, min(number, 64)) {
      if delay >= cap { break }
      delay = delay * factor
    }
    return min(delay, cap) * (1 - jitter * random)
  }
}
