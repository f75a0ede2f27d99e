import Effects
import Kit
import Ledger
import Orders
public import People
import Postgres

extension Desk {
  /// Has an order accepted that the shop's policy keeps back, as it is: a person knows better. Its
  /// parts are taken on, free or not.
  /// - Throws: `Refusal` when it is not kept back, or its refusal may have gone out already.
  public func acceptAnyway(_ orderID: String, by actor: Actor) async throws {
    guard let raw = try await ledger.rawOrder(orderID), let seen = IncomingOrder.stored(raw) else {
      throw Refusal.noSuchOrder(orderID)
    }
    guard let shopID = try await ledger.shopID(of: orderID) else {
      throw Refusal.noSuchOrder(orderID)
    }
    let skus = (shopID, Array(Set(seen.lines.compactMap(\.sku))))
    try await decide(orderID, withEffects: true, skus: skus, by: actor) { order, decisions in
      if let refusal = decisions.acceptAnyway(order, seen, by: actor.signature) { return refusal }
      decisions.add(Act(actor, "order.accept", on: "order:" + orderID))
      return nil
    }
    try await ledger.resolveFailures(of: orderID, by: actor.signature)
    await ledger.announce()
  }
}

extension CycleDecisions {
  fileprivate mutating func acceptAnyway(
    _ order: OrderSnapshot, _ seen: IncomingOrder, by actor: String
  ) -> Desk.Refusal? {
    guard order.status == .parked else { return .notKeptBack(order.orderID) }
    for effect in lockedEffects where effect.deed == .refuseOrder {
      switch effect.state {
      case .sending, .verifying, .unknown, .confirmed: return .beingRefused(order.orderID)
      case .cancelled: break
      case .planned, .refused, .needsPerson:
        add(
          EffectUpdate(
            effectID: effect.effectID, state: .cancelled, outcome: "to be accepted, says \(actor)"))
      }
    }
    var order = order
    order.parkedReason = nil
    let decision = OrderIntake.decide(known: order, incoming: seen, unknownSKUs: [])
    guard let onward = decision.move else {
      return .cannotAccept(order.orderID, decision.parkedReason ?? "it is not waiting for us")
    }
    move(&order, to: onward.to, "to be accepted, says \(actor)", actor: actor)
    takeParts(of: seen, &order)
    planNext(for: order)
    return nil
  }
}
