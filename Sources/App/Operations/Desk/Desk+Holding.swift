import Kit
import Ledger
import Orders
public import People

extension Desk {
  /// Stops everything that has not been sent for this order; what is under way is still proved or
  /// looked up. It stands until somebody releases the order, whatever happens outside meanwhile.
  ///
  /// - Throws: `Refusal`, or the `PostgresError` of the ledger.
  public func hold(_ orderID: String, reason: String, by actor: Actor) async throws {
    try await decide(orderID, by: actor) { order, decisions in
      if order.isHeld { return .isHeld(orderID) }
      guard order.status != .shipped, order.status != .cancelled else { return .isOver(orderID) }
      decisions.hold(order, reason, by: actor)
      decisions.add(Act(actor, "order.hold", on: "order:" + orderID, reason))
      return nil
    }
  }

  /// What the hold kept back is due now.
  public func release(_ orderID: String, by actor: Actor) async throws {
    try await decideWithEffects(orderID, by: actor) { order, decisions in
      guard order.isHeld else { return .isNotHeld(orderID) }
      if let refusal = decisions.callOffCancellation(of: orderID, by: actor) { return refusal }
      decisions.release(order)
      decisions.add(Act(actor, "order.release", on: "order:" + orderID))
      return nil
    }
    await ledger.announce()
  }

  func decide(
    _ orderID: String, by actor: Actor,
    _ body: @Sendable (OrderSnapshot, inout CycleDecisions) -> Refusal?
  ) async throws {
    let (shops, cycle) = (shops, cycle)
    let written = try await ledger.change(ChangeScope(orderIDs: [orderID]), lease: lease(actor)) {
      locked in
      guard let order = locked.orders[orderID] else {
        return (ChangeSet(), Refusal?.some(.noSuchOrder(orderID)))
      }
      var decisions = CycleDecisions(
        locked: locked, shops: shops, cycle: cycle, canTakeOn: { _, _ in false })
      let refusal = body(order, &decisions)
      return (refusal == nil ? decisions.changes : ChangeSet(), refusal)
    }
    if let refusal = written.extra { throw refusal }
  }
}
