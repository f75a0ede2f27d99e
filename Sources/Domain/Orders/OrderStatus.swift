/// Where an order stands in our own workflow. The names are the seeds'; the paragraph of each state
/// is in `docs/states.md`, the CHECK and the legal moves are in migration 0001.
public enum OrderStatus: String, Sendable, Hashable, CaseIterable {
  /// Stored, first status not yet decided; never seen outside one transaction.
  case received
  /// Stored whole, but we cannot act on it; the reason is beside it, and it heals by itself.
  case parked
  /// The marketplace waits for our decision.
  case pendingAcceptance = "pending_acceptance"
  /// The marketplace showed the acceptance when it was read back.
  case accepted
  /// The rules ran out: a person decides.
  case acceptanceFailed = "acceptance_failed"
  /// One label is bought, downloaded and checked.
  case labelCreated = "label_created"
  /// The marketplace showed the shipment when it was read back. Final.
  case shipped
  /// Cancelled or refused at the marketplace. Final.
  case cancelled

  /// The statuses that this one may move to.
  public var nexts: Set<OrderStatus> {
    switch self {
    case .received: [.pendingAcceptance, .parked, .accepted, .shipped, .cancelled]
    case .parked: [.pendingAcceptance, .accepted, .shipped, .cancelled]
    case .pendingAcceptance: [.accepted, .acceptanceFailed, .shipped, .cancelled]
    case .acceptanceFailed: [.pendingAcceptance, .accepted, .shipped, .cancelled]
    case .accepted: [.labelCreated, .shipped, .cancelled]
    case .labelCreated: [.accepted, .shipped, .cancelled]
    case .shipped, .cancelled: []
    }
  }

  public var isFinal: Bool { nexts.isEmpty }

  public func canMove(to next: OrderStatus) -> Bool { nexts.contains(next) }
}
