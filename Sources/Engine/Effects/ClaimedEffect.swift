public import Kit

/// An effect that this worker holds a lease on.
public struct ClaimedEffect: Sendable, Equatable {
  public var effectID: Int64
  public var kind: String
  public var subject: String
  public var orderID: String?
  public var shopID: String
  public var lane: String
  /// The key that the outside sees; the same for every attempt.
  public var requestKey: String
  /// `sending`: perform. `verifying`: read the proof. `unknown`: look.
  public var state: EffectState
  /// Claims so far, this one included.
  public var tries: Int
  /// Reads of the proof so far.
  public var checks: Int
  /// Times that the call went out.
  public var sends: Int
  public var createdAt: Timestamp
  public var deadline: Timestamp
  public var lease: UUIDv7
  /// When the lease runs out, on this process's monotonic clock.
  public var leaseEnds: ContinuousClock.Instant

  public init(
    effectID: Int64, kind: String, subject: String, orderID: String?, shopID: String, lane: String,
    requestKey: String, state: EffectState, tries: Int, checks: Int, sends: Int,
    createdAt: Timestamp, deadline: Timestamp, lease: UUIDv7, leaseEnds: ContinuousClock.Instant
  ) {
    self.effectID = effectID
    self.kind = kind
    self.subject = subject
    self.orderID = orderID
    self.shopID = shopID
    self.lane = lane
    self.requestKey = requestKey
    self.state = state
    self.tries = tries
    self.checks = checks
    self.sends = sends
    self.createdAt = createdAt
    self.deadline = deadline
    self.lease = lease
    self.leaseEnds = leaseEnds
  }

  /// Enough of the lease is left to begin a call that may take this long.
  public func canBegin(callOf duration: Duration, now: ContinuousClock.Instant) -> Bool {
    now + duration < leaseEnds
  }
}
