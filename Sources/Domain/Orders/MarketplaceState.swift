/// What a marketplace's order state means to us. Mirakl's own names rule; the seeds' spellings are
/// understood too; anything else is kept as it came and waits.
public enum MarketplaceState: Sendable, Hashable {
  case staging
  case waitingAcceptance
  case waitingDebit
  case shipping
  case shipped
  case cancelled
  case refused
  case unknown(String)

  public init(_ name: String) {
    switch name {
    case "STAGING": self = .staging
    case "WAITING_ACCEPTANCE", "PENDING_ACCEPTANCE": self = .waitingAcceptance
    case "WAITING_DEBIT", "WAITING_DEBIT_PAYMENT": self = .waitingDebit
    case "SHIPPING", "AWAITING_SHIPMENT": self = .shipping
    case "SHIPPED", "TO_COLLECT", "RECEIVED", "CLOSED", "DELIVERED": self = .shipped
    case "CANCELED", "CANCELLED": self = .cancelled
    case "REFUSED": self = .refused
    default: self = .unknown(name)
    }
  }

  /// The marketplace shows our acceptance.
  public var isAccepted: Bool {
    switch self {
    case .waitingDebit, .shipping, .shipped: true
    case .staging, .waitingAcceptance, .cancelled, .refused, .unknown: false
    }
  }

  /// Nothing may be accepted, labelled or shipped any more.
  public var isOff: Bool { self == .cancelled || self == .refused }
}
