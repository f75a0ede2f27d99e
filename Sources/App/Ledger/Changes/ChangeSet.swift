public import Effects
public import Kit
public import Orders
public import People

/// Everything that one transaction writes. A pure decision fills it in; `Ledger.change` writes it, a
/// whole batch at once.
public struct ChangeSet: Sendable {
  public var newOrders: [NewOrder] = []
  public var refreshes: [OrderRefresh] = []
  public var parkedReasons: [(orderID: String, reason: String)] = []
  public var history: [HistoryEntry] = []
  public var plans: [PlannedEffect] = []
  public var effects: [EffectUpdate] = []
  /// Orders that are off, or shipped by somebody else: what is planned for them and dies with them is
  /// cancelled.
  public var ordersOff: [String] = []
  /// Orders that left `acceptance_failed` by themselves: what asks about their acceptance is settled.
  public var wentOn: [String] = []
  public var newShipments: [NewShipment] = []
  public var shipments: [ShipmentUpdate] = []
  public var attempts: [AcceptanceAttempt] = []
  public var debugLogs: [AcceptanceDebugLog] = []
  public var failures: [ProcessFailure] = []
  public var settled: [SettledFailures] = []
  /// Orders of which the decision has to know what people were told of them: it is asked once more then,
  /// with `Locked.told`, and what it said first counts for nothing.
  public var asksWhatWasTold: [String] = []
  public var unreadable: [UnreadableOrder] = []
  public var holds: [OrderHold] = []
  /// Orders that are held no longer.
  public var releases: [String] = []
  /// What a person did to bring this about.
  public var acts: [Act] = []
  public var stock = StockChanges()
  public var offers: [OfferChange] = []
  /// Messages of ours that their threads show.
  public var messages: [SentMessage] = []
  /// What it plans was not planned before, as far as anybody knows. It is then written without a look for
  /// doubles, which is cheaper; where there is one after all, the transaction is made again with that look.
  public var isFresh = false

  public init() {}
}

public struct NewOrder: Sendable {
  public var order: IncomingOrder
  public var shopID: String
  public var status: OrderStatus
  public var parkedReason: String?
  public var acceptBy: Timestamp?

  public init(
    order: IncomingOrder, shopID: String, status: OrderStatus, parkedReason: String?,
    acceptBy: Timestamp?
  ) {
    self.order = order
    self.shopID = shopID
    self.status = status
    self.parkedReason = parkedReason
    self.acceptBy = acceptBy
  }
}

/// The marketplace showed the order anew. Only the marketplace's own columns are written.
public struct OrderRefresh: Sendable {
  public var order: IncomingOrder
  /// Lines are written once, and again only when the order heals from being parked.
  public var writesLines: Bool

  public init(order: IncomingOrder, writesLines: Bool) {
    self.order = order
    self.writesLines = writesLines
  }

  /// One copy of each order, the one that was seen last: see `ShipmentUpdate.merged`.
  static func latest(_ refreshes: [OrderRefresh]) -> [IncomingOrder] {
    var seen: Set<String> = []
    return refreshes.reversed().map(\.order).filter { seen.insert($0.orderID).inserted }
  }
}

public struct HistoryEntry: Sendable {
  /// The actor of what no person did.
  public static let ourselves = "quayside"

  public var orderID: String
  public var previous: OrderStatus
  public var status: OrderStatus
  public var cause: String
  public var actor: String
  public var effectID: Int64?
  public var correlationID: String?

  public init(
    orderID: String, previous: OrderStatus, status: OrderStatus, cause: String,
    actor: String = HistoryEntry.ourselves, effectID: Int64? = nil, correlationID: String? = nil
  ) {
    self.orderID = orderID
    self.previous = previous
    self.status = status
    self.cause = cause
    self.actor = actor
    self.effectID = effectID
    self.correlationID = correlationID
  }
}

/// An effect to be written down. Planning the same subject, kind and ordinal again is a no-op.
public struct PlannedEffect: Sendable {
  public var deed: Deed
  public var subject: String
  public var ordinal: Int
  public var orderID: String?
  public var shopID: String
  public var requestKey: String
  public var after: Duration
  public var deadline: Timestamp
  /// Write it down as `sending` under our lease at once: the intent is committed with the outcome
  /// that led to it, and the claim is saved.
  public var isClaimed: Bool

  public init(
    deed: Deed, subject: String, ordinal: Int = 1, orderID: String?, shopID: String,
    requestKey: String, after: Duration = .zero, deadline: Timestamp, isClaimed: Bool
  ) {
    self.deed = deed
    self.subject = subject
    self.ordinal = ordinal
    self.orderID = orderID
    self.shopID = shopID
    self.requestKey = requestKey
    self.after = after
    self.deadline = deadline
    self.isClaimed = isClaimed
  }
}

public struct EffectUpdate: Sendable {
  public var effectID: Int64
  public var state: EffectState
  /// From now; ignored in states that are nobody's duty.
  public var after: Duration
  /// Keep our lease: this worker goes on with it at once.
  public var keepsLease: Bool
  public var countsCheck: Bool
  public var countsSend: Bool
  public var resetsCounts: Bool
  /// Claims it once more, for another send, under the lease that it has.
  public var claimsAgain = false
  public var outcome: String
  public var callID: UUIDv7?

  public init(
    effectID: Int64, state: EffectState, after: Duration = .zero, keepsLease: Bool = false,
    countsCheck: Bool = false, countsSend: Bool = false, resetsCounts: Bool = false,
    outcome: String, callID: UUIDv7? = nil
  ) {
    self.effectID = effectID
    self.state = state
    self.after = after
    self.keepsLease = keepsLease
    self.countsCheck = countsCheck
    self.countsSend = countsSend
    self.resetsCounts = resetsCounts
    self.outcome = outcome
    self.callID = callID
  }
}
