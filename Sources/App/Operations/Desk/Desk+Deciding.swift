import Effects
import Kit
import Ledger
import Orders
import People

extension Desk {
  /// The one transaction of whatever people do to orders: locks what the scope names, decides, and writes
  /// what was decided. A refusal changes nothing.
  ///
  /// - Throws: `Refusal`, or the `PostgresError` of the ledger.
  func decide<Told: Sendable>(
    _ scope: ChangeScope, _ lease: Lease,
    _ body: @Sendable (inout CycleDecisions) -> Result<Told, Refusal>
  ) async throws -> Told {
    let (shops, cycle) = (shops, cycle)
    let written = try await ledger.change(scope, lease: lease) { locked in
      var decisions = CycleDecisions(
        locked: locked, shops: shops, cycle: cycle, canTakeOn: { _, _ in false })
      let told = body(&decisions)
      switch told {
      case .success: return (decisions.changes, told)
      case .failure: return (ChangeSet(), told)
      }
    }
    return try written.extra.get()
  }

  /// As `decide`, about one order, which has to be there.
  ///
  /// - Parameter withEffects: its effects are looked at too.
  /// - Parameter skus: of a shop; what they stand for is looked up too.
  /// - Parameter body: says what it refuses; nothing then changes.
  func decide(
    _ orderID: String, withEffects: Bool = false, skus: (shopID: String, skus: [String])? = nil,
    by actor: Actor, _ body: @Sendable (OrderSnapshot, inout CycleDecisions) -> Refusal?
  ) async throws {
    var scope = ChangeScope(orderIDs: [orderID], skus: skus)
    scope.looksAtEffects = withEffects
    try await decide(scope, lease(actor)) { decisions -> Result<Void, Refusal> in
      guard let order = decisions.orders[orderID] else { return .failure(.noSuchOrder(orderID)) }
      return body(order, &decisions).map(Result.failure) ?? .success(())
    }
  }
}
