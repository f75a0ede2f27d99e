import XML

/// What became of a wish to void.
public enum VoidOutcome: Sendable, Equatable {
  case voided
  /// Unknown to the carrier: voided before, or expired. Done only if the shipment was ours.
  case alreadyGone
  /// Too late to void: ask for a refund.
  case transmitted
}

/// People decide within days; a ticket is no proof of a refund.
public struct RefundTicket: Sendable, Equatable {
  public var ticketID: String?
  /// `YYYY-MM-DD`.
  public var date: String?

  public init(ticketID: String?, date: String?) {
    self.ticketID = ticketID
    self.date = date
  }

  init(_ root: XMLElement) {
    ticketID = root.text(of: "service-ticket-id")
    date = root.text(of: "service-ticket-date")
  }
}
