public struct TailVerdict: Sendable, Equatable {
  /// The outbox row.
  public var itemID: String
  public var outcome: TailOutcome

  public init(itemID: String, outcome: TailOutcome) {
    self.itemID = itemID
    self.outcome = outcome
  }
}
