public import Effects
import Kit
public import Ledger
public import Orders

/// Every wait, limit and policy of the cycle. `Settings` documents the keys that set them.
public struct CycleSettings: Sendable {
  /// Seed 000: 60 s before the first read-back, up to 3 of them.
  public var acceptance = EffectPolicy(
    firstCheck: .seconds(60), checkEvery: .seconds(60), checksMax: 3,
    lookups: [.seconds(60), .seconds(60), .seconds(60)], backoff: .calls, deadline: .hours(12))
  /// Looked up by request id after a lost answer (Canada Post contract, section 9.3).
  public var purchase = EffectPolicy(
    firstCheck: .zero, checkEvery: .zero, checksMax: 1,
    lookups: [.seconds(30), .seconds(90), .minutes(8), .minutes(20)], backoff: .calls,
    deadline: .hours(12))
  /// An artifact may answer 202 for a while: 1, 2, 4 ... 30 s.
  public var label = EffectPolicy(
    firstCheck: .zero, checkEvery: .seconds(1), checksMax: 1, lookups: [.seconds(1)],
    backoff: Backoff(first: .seconds(1), factor: 2, cap: .seconds(30), jitter: 0.1),
    deadline: .minutes(5))
  public var tracking = EffectPolicy(
    firstCheck: .zero, checkEvery: .seconds(5), checksMax: 3,
    lookups: [.seconds(5), .seconds(30)], backoff: .calls, deadline: .hours(6))
  public var shipping = EffectPolicy(
    firstCheck: .seconds(2), checkEvery: .seconds(10), checksMax: 6,
    lookups: [.seconds(5), .seconds(30), .seconds(60)], backoff: .calls, deadline: .hours(6))
  public var undoing = EffectPolicy(
    firstCheck: .zero, checkEvery: .seconds(10), checksMax: 3,
    lookups: [.seconds(10), .seconds(60), .minutes(5)], backoff: .calls, deadline: .hours(1))
  /// A message is read back in its thread, which is the only proof that there is.
  public var message = EffectPolicy(
    firstCheck: .seconds(2), checkEvery: .seconds(20), checksMax: 5,
    lookups: [.seconds(10), .seconds(30), .minutes(2), .minutes(10)], backoff: .calls,
    deadline: .hours(1))

  /// A file of quantities is worked through in the marketplace's own time; its status may be asked
  /// for every 15 s (contract, section 13).
  public var offers = EffectPolicy(
    firstCheck: .seconds(15), checkEvery: .seconds(30), checksMax: 40,
    lookups: [.minutes(1), .minutes(3), .minutes(5)], backoff: .calls, deadline: .hours(1))

  /// Accept-by is the order's placing plus this (24 h at Best Buy; no field of OR11 says it).
  public var acceptWithin = Duration.hours(24)
  /// What people are told of before it is late.
  public var alarms = AlarmLimits()
  /// How old the last read of an order may be when a label is bought for it.
  public var freshness = Duration.seconds(30)
  /// Of one outside call.
  public var callDeadline = Duration.seconds(30)
  /// Of the carrier's create call, which is slow.
  public var purchaseDeadline = Duration.seconds(60)
  /// A worker's right to go on with what it claimed; longer than any call.
  public var lease = Duration.seconds(120)
  /// Effects under way at once, per lane.
  public var inFlightMax = 64
  /// Outcomes of one commit.
  public var commitBatchMax = 500
  /// How often a lane is looked at when nothing wakes it.
  public var idlePoll = Duration.seconds(1)

  public init() {}

  public func policy(for deed: Deed) -> EffectPolicy {
    switch deed {
    case .acceptOrder, .refuseOrder: acceptance
    case .buyLabel: purchase
    case .fetchLabel: label
    case .postTracking: tracking
    case .cancelOrder, .markShipped: shipping
    case .voidLabel, .refundLabel: undoing
    case .updateOffer: offers
    case .sendMessage: message
    }
  }

  /// The cycle as a demo or a test runs it: every wait is this long, nothing else differs.
  public mutating func runFast(_ wait: Duration) {
    acceptance.firstCheck = wait
    acceptance.checkEvery = wait
    acceptance.lookups = [wait, wait, wait]
    purchase.lookups = [wait, wait * 2, wait * 4, wait * 8]
    label.backoff = Backoff(first: wait, factor: 1.5, cap: wait * 10, jitter: 0)
    tracking.lookups = [wait, wait * 2]
    shipping.firstCheck = wait
    shipping.checkEvery = wait
    shipping.lookups = [wait, wait, wait]
    undoing.lookups = [wait, wait, wait]
    offers.firstCheck = wait
    offers.checkEvery = wait
    offers.lookups = [wait, wait, wait]
    message.firstCheck = wait
    message.checkEvery = wait
    message.lookups = [wait, wait, wait, wait]
    for path in [
      \Self.acceptance.backoff, \Self.purchase.backoff, \Self.tracking.backoff,
      \Self.shipping.backoff, \Self.undoing.backoff, \Self.offers.backoff, \Self.message.backoff,
    ] {
      self[keyPath: path] = Backoff(
        first: wait, factor: 2, cap: max(wait * 20, .seconds(1)), jitter: 0)
    }
    idlePoll = min(idlePoll, max(wait, .milliseconds(50)))
  }
}

extension Backoff {
  /// Between calls that certainly did nothing: 5 s to 5 min.
  static let calls = Backoff(first: .seconds(5), factor: 2, cap: .minutes(5), jitter: 0.2)
}
