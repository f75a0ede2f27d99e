public import Effects
public import Kit
public import Orders
public import Stock

/// What a decision may rely on: the rows are locked until its changes are written.
public struct Locked: Sendable {
  /// The database's clock, or the test's.
  public var now: Timestamp
  public var orders: [String: OrderSnapshot]
  public var effects: [Int64: LockedEffect]
  /// Of the SKUs that were asked about, those that are in nobody's catalogue.
  public var unmappedSKUs: Set<String>
  /// The shop has mapped at least one SKU.
  public var hasCatalogue: Bool
  /// Of the SKUs that were asked about, what those stand for that have parts or a price.
  public var listings: [String: Listing]
  /// Pieces that nothing holds, of the listings' parts; `nil` when they were not locked.
  public var freeParts: [Int64: Int64]?
  /// What people were told of orders, as `ReadTold` has it; `nil` until a decision asks for it.
  public var told: [String: Set<String>]?

  public init(
    now: Timestamp, orders: [String: OrderSnapshot] = [:], effects: [Int64: LockedEffect] = [:],
    unmappedSKUs: Set<String> = [], hasCatalogue: Bool = false, listings: [String: Listing] = [:],
    freeParts: [Int64: Int64]? = nil
  ) {
    self.now = now
    self.orders = orders
    self.effects = effects
    self.unmappedSKUs = unmappedSKUs
    self.hasCatalogue = hasCatalogue
    self.listings = listings
    self.freeParts = freeParts
  }

  /// The effect is still ours to report on: same lease, same state as when we claimed it.
  public func isOurs(_ claimed: ClaimedEffect) -> Bool {
    guard let row = effects[claimed.effectID] else { return false }
    return row.lease == claimed.lease && row.state == claimed.state
  }
}

public struct LockedEffect: Sendable {
  public var effectID: Int64
  public var deed: Deed
  public var state: EffectState
  public var lease: UUIDv7?
  public var subject: String
  public var orderID: String?
  /// The key that it was planned with: see `Deed.requestKey`.
  public var requestKey: String

  public init(
    effectID: Int64, deed: Deed, state: EffectState, lease: UUIDv7?, subject: String,
    orderID: String?, requestKey: String
  ) {
    self.effectID = effectID
    self.deed = deed
    self.state = state
    self.lease = lease
    self.subject = subject
    self.orderID = orderID
    self.requestKey = requestKey
  }

  /// As it was claimed; `nil` of a kind that is none of ours.
  init?(_ claim: ClaimedEffect) {
    guard let deed = Deed(rawValue: claim.kind) else { return nil }
    self.init(
      effectID: claim.effectID, deed: deed, state: claim.state, lease: claim.lease,
      subject: claim.subject, orderID: claim.orderID, requestKey: claim.requestKey)
  }
}
