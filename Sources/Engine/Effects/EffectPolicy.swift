public import Kit

/// The timing of one kind of effect. All waits are settings: a demo runs them fast, tests at zero.
public struct EffectPolicy: Sendable, Equatable {
  /// From a good answer to the first read of the proof.
  public var firstCheck: Duration
  /// Between reads of the proof.
  public var checkEvery: Duration
  /// Reads of the proof before the rules have run out.
  public var checksMax: Int
  /// After a lost answer: when to look, each counted from the one before.
  public var lookups: [Duration]
  /// Between tries that certainly did nothing.
  public var backoff: Backoff
  /// From planning until a person is told that it is late.
  public var deadline: Duration

  public init(
    firstCheck: Duration, checkEvery: Duration, checksMax: Int, lookups: [Duration],
    backoff: Backoff, deadline: Duration
  ) {
    self.firstCheck = firstCheck
    self.checkEvery = checkEvery
    self.checksMax = checksMax
    self.lookups = lookups
    self.backoff = backoff
    self.deadline = deadline
  }

  /// What to answer when a read of the proof did not show it. `checks` counts earlier reads.
  public func notYet(checks: Int, seen: String) -> Step {
    checks + 1 < checksMax
      ? .lookAgain(after: checkEvery, why: "read \(checks + 1) of \(checksMax) showed \(seen)")
      : .ask("after \(checks + 1) reads it still shows \(seen)")
  }

  /// The wait before look-up number `checks` (from 0) after a lost answer; `nil` past the last.
  public func lookup(afterChecks checks: Int) -> Duration? {
    checks < lookups.count ? lookups[checks] : nil
  }

  /// The back-off before the next try, from the number of tries so far.
  public func retryDelay(tries: Int, random: Double) -> Duration {
    backoff.delay(try: tries, random: random)
  }
}
