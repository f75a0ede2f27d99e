/// One thing that should happen after a booking, as the outbox keeps it.
public struct TailItem: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// The order's row in the business's sheet.
    case sheets
    /// A message to the business's people.
    case push
  }

  /// The outbox row; only handed back.
  public var id: String
  public var businessID: String
  public var kind: Kind
  /// JSON: an `OrderRow` or a `PushPayload`. A row's payload is best made from the order as it is
  /// when the item is claimed: then a late try never shows an old state.
  public var payload: [UInt8]
  /// How many tries were made before this one.
  public var tries: Int
  /// The last verdict was `.lookUp`: an earlier try may have worked.
  public var mayBeDone: Bool
  /// What the calls are recorded under; `nil`: made up from kind and order.
  public var correlationID: String?

  public init(
    id: String, businessID: String, kind: Kind, payload: [UInt8], tries: Int,
    mayBeDone: Bool = false, correlationID: String? = nil
  ) {
    self.id = id
    self.businessID = businessID
    self.kind = kind
    self.payload = payload
    self.tries = tries
    self.mayBeDone = mayBeDone
    self.correlationID = correlationID
  }
}
