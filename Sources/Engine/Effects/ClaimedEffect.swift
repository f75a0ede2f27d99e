public import Kit

/// An effect that this worker holds a lease on.
public final class ClaimedEffect: Sendable {
  public let effectID: Int64
  public let kind: String
  public let subject: String
  public let orderID: String?
  public let shopID: String
  public let lane: String
  /// The key that the outside sees; the same for every attempt.
  public let requestKey: String
  /// `sending`: perform. `verifying`: read the proof. `unknown`: look.
  public let state: EffectState
  /// Claims so far, this one included.
  public let tries: Int
  /// Reads of the proof so far.
  public let checks: Int
  /// Times that the call went out.
  public let sends: Int
  public let createdAt: Timestamp
  public let deadline: Timestamp
  public let lease: UUIDv7
  /// When the lease runs out, on this process's monotonic clock.
  public let leaseEnds: ContinuousClock.Instant

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

  /// The same claim one step further.
  public func with(state: EffectState, tries: Int, checks: Int, sends: Int) -> ClaimedEffect {
    ClaimedEffect(
      effectID: effectID, kind: kind, subject: subject, orderID: orderID, shopID: shopID,
      lane: lane, requestKey: requestKey, state: state, tries: tries, checks: checks, sends: sends,
      createdAt: createdAt, deadline: deadline, lease: lease, leaseEnds: leaseEnds)
  }

  /// The same claim on a lease that was not known to the row.
  public func held(by lease: UUIDv7, until ends: ContinuousClock.Instant) -> ClaimedEffect {
    ClaimedEffect(
      effectID: effectID, kind: kind, subject: subject, orderID: orderID, shopID: shopID,
      lane: lane, requestKey: requestKey, state: state, tries: tries, checks: checks, sends: sends,
      createdAt: createdAt, deadline: deadline, lease: lease, leaseEnds: ends)
  }

  /// Enough of the lease is left to begin a call that may take this long.
  public func canBegin(callOf duration: Duration, now: ContinuousClock.Instant) -> Bool {
    now + duration < leaseEnds
  }
}
