public import Kit

/// What the ledger knows of an order at the moment of a decision (its row is locked meanwhile).
public struct OrderSnapshot: Sendable {
  public var orderID: String
  public var shopID: String
  public var status: OrderStatus
  public var statusSince: Timestamp
  public var parkedReason: String?
  /// The marketplace's own word, untouched.
  public var marketplaceState: String?
  public var marketplaceUpdatedAt: Timestamp?
  /// When we last read the order outside.
  public var marketplaceSeenAt: Timestamp
  public var acceptBy: Timestamp?
  public var shipBy: Timestamp?
  /// SHA-256 of the stored raw order.
  public var rawDigest: [UInt8]
  public var hasAddress: Bool
  public var shipment: ShipmentSnapshot?
  /// A person holds it: nothing more goes out.
  public var isHeld: Bool
  /// It took parts on: its end concerns the stock.
  public var hasParts = false

  public init(
    orderID: String, shopID: String, status: OrderStatus, statusSince: Timestamp,
    parkedReason: String? = nil, marketplaceState: String?, marketplaceUpdatedAt: Timestamp? = nil,
    marketplaceSeenAt: Timestamp, acceptBy: Timestamp? = nil, shipBy: Timestamp? = nil,
    rawDigest: [UInt8] = [], hasAddress: Bool, shipment: ShipmentSnapshot? = nil,
    isHeld: Bool = false
  ) {
    self.orderID = orderID
    self.shopID = shopID
    self.status = status
    self.statusSince = statusSince
    self.parkedReason = parkedReason
    self.marketplaceState = marketplaceState
    self.marketplaceUpdatedAt = marketplaceUpdatedAt
    self.marketplaceSeenAt = marketplaceSeenAt
    self.acceptBy = acceptBy
    self.shipBy = shipBy
    self.rawDigest = rawDigest
    self.hasAddress = hasAddress
    self.shipment = shipment
    self.isHeld = isHeld
  }

  public var state: MarketplaceState { MarketplaceState(marketplaceState ?? "") }
}

/// What the ledger knows of an order's parcel.
public struct ShipmentSnapshot: Sendable {
  public var status: ShipmentStatus
  public var generation: Int
  public var requestID: String
  public var trackingPIN: String?
  public var isTrackingPosted: Bool
  /// The parcel with this label was closed at the bench.
  public var isPacked: Bool

  public init(
    status: ShipmentStatus, generation: Int, requestID: String, trackingPIN: String?,
    isTrackingPosted: Bool, isPacked: Bool = false
  ) {
    self.isPacked = isPacked
    self.status = status
    self.generation = generation
    self.requestID = requestID
    self.trackingPIN = trackingPIN
    self.isTrackingPosted = isTrackingPosted
  }
}

/// Where a parcel's label stands. Paragraphs: `docs/states.md`.
public enum ShipmentStatus: String, Sendable, Hashable, CaseIterable {
  case labelCreationInitiated = "label_creation_initiated"
  case labelBought = "label_bought"
  case labelCreated = "label_created"
  case trackingUpdated = "tracking_updated"
  case voidPending = "void_pending"
  case voided
  case refundRequested = "refund_requested"

  /// A label exists at the carrier that costs money or may be mailed.
  public var isLive: Bool {
    switch self {
    case .labelBought, .labelCreated, .trackingUpdated: true
    case .labelCreationInitiated, .voidPending, .voided, .refundRequested: false
    }
  }
}
