/// Why a part's stock changed. The names and the signs are the CHECKs' in migration 0004.
public enum MovementKind: String, Sendable, Hashable, CaseIterable {
  /// Bought or made; from outside into the shelf.
  case received
  /// A person says so, with a reason.
  case adjusted
  /// A row of a file that a person sent in.
  case imported
  /// What a stocktake found, less what it expected.
  case counted
  /// A customer sent it back.
  case returned
  /// Left with an order.
  case shipped
  /// Built into an order's machine at the bench; taken from what the order's line holds.
  case installed
  /// An `installed` taken back: the line holds it again.
  case uninstalled
  /// Came out of a machine at the bench (a smaller RAM, say) and goes into stock.
  case removed
  /// More left than the count knew of: the difference, written down before it left.
  case corrected

  /// The direction that the database insists on.
  public var direction: Direction {
    switch self {
    case .received, .returned, .uninstalled, .removed, .corrected: .intoStock
    case .shipped, .installed: .outOfStock
    case .adjusted, .imported, .counted: .either
    }
  }

  public enum Direction: Sendable { case intoStock, outOfStock, either }
}
