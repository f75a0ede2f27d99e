import Kit

/// The one door for orders from outside, as a pure decision: a poll, a sweep, a read-back and a file
/// all ask here what an order that was just seen means for what we know.
public enum OrderIntake {
  public struct Decision: Sendable, Equatable {
    /// Store the new raw order over the old one.
    public var refreshes: Bool
    public var move: StatusMove?
    /// A parked order stays parked, but for another reason now.
    public var parkedReason: String?

    public init(refreshes: Bool, move: StatusMove?, parkedReason: String? = nil) {
      self.refreshes = refreshes
      self.move = move
      self.parkedReason = parkedReason
    }
  }

  /// How a shop treats SKUs that are in nobody's catalogue.
  public enum UnknownSKUPolicy: String, Sendable, CaseIterable {
    /// Accept as the seeds do; the SKU waits to be mapped.
    case accept
    /// Park the order until the SKU is mapped.
    case hold
    /// `hold` once the shop has a catalogue, `accept` before.
    case auto
    /// Refuse the order at the marketplace.
    case refuse
  }

  /// What speaks against acting on an order that is otherwise understood, by the shop's policy.
  public struct Objection: Sendable, Equatable {
    /// For the history and the order's page.
    public var reason: String
    /// The order is refused at the marketplace; else it waits for a person, or for the reason to go.
    public var refuses: Bool

    public init(_ reason: String, refuses: Bool) {
      self.reason = refuses ? refusalMark + reason : reason
      self.refuses = refuses
    }
  }

  /// How the reason begins for which an order is parked while it is being refused. Only the
  /// marketplace or a person ends that: a reason that goes away meanwhile must not accept an order
  /// whose refusal may be on its way.
  public static let refusalMark = "being refused: "

  /// - Parameters:
  ///   - unknownSKUs: those of the order's SKUs for which the shop's policy says `hold`.
  ///   - objection: what else the shop's policy has against it.
  public static func decide(
    known: OrderSnapshot?, incoming: IncomingOrder, unknownSKUs: [String],
    objection: Objection? = nil
  ) -> Decision {
    guard let known else {
      let move = firstMove(of: incoming, unknownSKUs: unknownSKUs, objection)
      return Decision(refreshes: true, move: move)
    }
    // A copy older than what we have (answers overtake each other) changes nothing.
    if let ours = known.marketplaceUpdatedAt, let theirs = incoming.updatedAt, theirs < ours {
      return Decision(refreshes: false, move: nil)
    }
    var decision = Decision(
      refreshes: known.rawDigest != incoming.digest,
      move: move(of: known, seeing: incoming, unknownSKUs: unknownSKUs, objection))
    if known.status == .parked, decision.move == nil, !isBeingRefused(known) {
      decision.parkedReason = parkingReason(incoming, unknownSKUs: unknownSKUs, objection)
    }
    return decision
  }

  private static func isBeingRefused(_ known: OrderSnapshot) -> Bool {
    known.parkedReason?.hasPrefix(refusalMark) == true
  }

  private static func firstMove(
    of incoming: IncomingOrder, unknownSKUs: [String], _ objection: Objection?
  ) -> StatusMove {
    if let reason = parkingReason(incoming, unknownSKUs: unknownSKUs, objection) {
      return StatusMove(to: .parked, cause: reason)
    }
    switch MarketplaceState(incoming.state ?? "") {
    case .waitingAcceptance:
      return StatusMove(to: .pendingAcceptance, cause: "placed at the marketplace")
    case .waitingDebit, .shipping:
      return StatusMove(to: .accepted, cause: "already accepted when first seen")
    case .shipped:
      return StatusMove(to: .shipped, cause: "already shipped when first seen")
    case .cancelled:
      return StatusMove(to: .cancelled, cause: "already cancelled when first seen")
    case .refused:
      return StatusMove(to: .cancelled, cause: "already refused when first seen")
    case .staging, .unknown:
      return StatusMove(to: .parked, cause: "state \(incoming.state ?? "missing")")
    }
  }

  /// What keeps us from acting on an order that is otherwise understood, `nil` when nothing does.
  /// Final states are never parked: there is nothing left to act on.
  private static func parkingReason(
    _ incoming: IncomingOrder, unknownSKUs: [String], _ objection: Objection?
  ) -> String? {
    let state = MarketplaceState(incoming.state ?? "")
    switch state {
    case .shipped, .cancelled, .refused: return nil
    case .staging: return "held by the marketplace (STAGING)"
    case .unknown(let name):
      return name.isEmpty ? "order_state is missing" : "unknown marketplace state \(name)"
    case .waitingAcceptance, .waitingDebit, .shipping: break
    }
    if let problem = incoming.problems.first {
      return "\(problem.field): \(problem.problem)"
    }
    if let sku = unknownSKUs.first { return "unknown SKU \(sku)" }
    // Once it is accepted there is nothing left to object to.
    if state == .waitingAcceptance, let objection { return objection.reason }
    if state == .shipping, let number = incoming.trackingNumber, !number.isEmpty {
      return "tracking \(number) is already posted, and not by us"
    }
    return nil
  }

  private static func move(
    of known: OrderSnapshot, seeing incoming: IncomingOrder, unknownSKUs: [String],
    _ objection: Objection?
  ) -> StatusMove? {
    let state = MarketplaceState(incoming.state ?? "")
    switch known.status {
    case .shipped, .cancelled:
      return nil
    case .received, .parked:
      if isBeingRefused(known) {
        if state == .waitingAcceptance { return nil }
        if state.isOff { return off(state) }
      }
      var first = firstMove(of: incoming, unknownSKUs: unknownSKUs, objection)
      guard first.to != .parked else { return nil }
      first.cause = "healed: " + first.cause
      return first
    case .pendingAcceptance, .acceptanceFailed:
      if state.isOff { return off(state) }
      if state == .shipped { return StatusMove(to: .shipped, cause: "shipped outside Quayside") }
      if state.isAccepted {
        return StatusMove(to: .accepted, cause: "the marketplace shows \(incoming.state ?? "")")
      }
      return nil
    case .accepted, .labelCreated:
      if state.isOff { return off(state) }
      return state == .shipped ? shippedWithoutUs(known.shipment?.status) : nil
    }
  }

  /// An order that is shipped while no label of ours is on a parcel was shipped by somebody else. One
  /// with such a label is left to `mark_shipped`, which proves that it went with that. A label that is
  /// going counts as gone: where the carrier does not take it back, the order would never end.
  private static func shippedWithoutUs(_ parcel: ShipmentStatus?) -> StatusMove? {
    switch parcel {
    case .none, .some(.labelCreationInitiated):
      StatusMove(to: .shipped, cause: "shipped outside Quayside")
    case .some(.voided), .some(.refundRequested), .some(.voidPending):
      StatusMove(to: .shipped, cause: "shipped at the marketplace, and its label was taken back")
    case .some(.labelBought), .some(.labelCreated), .some(.trackingUpdated):
      nil
    }
  }

  private static func off(_ state: MarketplaceState) -> StatusMove {
    StatusMove(
      to: .cancelled,
      cause: state == .refused ? "refused at the marketplace" : "cancelled at the marketplace")
  }
}
