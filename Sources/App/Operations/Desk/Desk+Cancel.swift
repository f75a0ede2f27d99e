import Effects
import Kit
import Ledger
import Orders
public import People
import Postgres

extension Desk {
  /// Takes an order back that the shop had accepted: it is held, so that nothing more of it goes out, and
  /// the marketplace is told. Once the marketplace shows it the label is voided, as with any order that
  /// ends. An order that the shop's policy keeps back is refused instead.
  ///
  /// - Parameter reason: for the hold, the story and the audit trail; the marketplace is told none.
  /// - Throws: `Refusal`, or the `PostgresError` of the ledger.
  public func cancel(_ orderID: String, reason: String, by actor: Actor) async throws {
    try await decide(orderID, withEffects: true, by: actor) { order, decisions in
      decisions.cancel(order, reason, by: actor)
    }
    await ledger.announce()
  }
}

extension CycleDecisions {
  fileprivate mutating func cancel(
    _ order: OrderSnapshot, _ reason: String, by actor: Actor
  ) -> Desk.Refusal? {
    let orderID = order.orderID
    switch order.status {
    case .shipped, .cancelled: return .isOver(orderID)
    case .received, .pendingAcceptance, .acceptanceFailed:
      return .cannotCancel(
        orderID, "it is not accepted yet; turn it down on the marketplace's own page")
    case .parked:
      guard order.state == .waitingAcceptance else {
        return .cannotCancel(orderID, "the marketplace shows \(order.state.name)")
      }
      if order.parkedReason?.hasPrefix(OrderIntake.refusalMark) == true {
        return .beingRefused(orderID)
      }
      refuse(order, reason)
    case .accepted, .labelCreated:
      for effect in lockedEffects where effect.deed == .cancelOrder {
        switch effect.state {
        case .planned, .sending, .verifying, .unknown, .confirmed:
          return .beingCancelled(orderID)
        case .refused, .needsPerson, .cancelled:
          settle(Deed.cancelOrder.processName, of: orderID, by: actor.signature)
          add(
            EffectUpdate(
              effectID: effect.effectID, state: .planned, resetsCounts: true,
              outcome: "to be cancelled, says \(actor.signature)"))
        }
      }
      if !order.isHeld { hold(order, "being cancelled: \(reason)", by: actor) }
      plan(.cancelOrder, for: order)
    }
    add(Act(actor, "order.cancel", on: "order:" + orderID, reason))
    return nil
  }

  /// Before a release: a cancellation that was not begun is off; one that may have gone out is first
  /// looked up.
  mutating func callOffCancellation(of orderID: String, by actor: Actor) -> Desk.Refusal? {
    for effect in lockedEffects where effect.deed == .cancelOrder {
      switch effect.state {
      case .sending, .verifying, .unknown: return .beingCancelled(orderID)
      case .confirmed, .cancelled: break
      case .planned, .refused, .needsPerson:
        settle(Deed.cancelOrder.processName, of: orderID, by: actor.signature)
        add(
          EffectUpdate(
            effectID: effect.effectID, state: .cancelled,
            outcome: "released by \(actor.signature)"))
      }
    }
    return nil
  }
}
