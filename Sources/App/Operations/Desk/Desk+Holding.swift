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
    try await decide(orderID, withEffects: true, by: actor) { order, decisions in
      guard order.isHeld else { return .isNotHeld(orderID) }
      if let refusal = decisions.callOffCancellation(of: orderID, by: actor) { return refusal }
      decisions.release(order)
      decisions.settleHold(of: orderID, by: actor.signature)
      decisions.add(Act(actor, "order.release", on: "order:" + orderID))
      return nil
    }
    await ledger.announce()
  }
}
