extension PackingEvent {
  /// What comes of it while no order is in hand; `nil` for a scan that may name one.
  public var outcomeWithoutOrder: PackingOutcome? {
    switch resolved {
    case .scan: nil
    case .acknowledge: PackingOutcome(.acknowledged, "Scan an order.")
    case .swap, .undo, .print, .seal, .shortPick, .takeOver, .leave:
      PackingOutcome(.alreadyOver, "No order is in hand. Scan one first.")
    }
  }
}
