import Effects
import Kit
import Ledger
import Mirakl
import Orders

extension Hands {
  /// Takes the whole order back that was accepted (OR29). It counts when the order shows it; a call that
  /// may have gone out is looked up first, and the marketplace refuses a second one by the order's state.
  func cancel(_ effect: ClaimedEffect, _ orderID: String, _ memory: inout Memory) async -> Report {
    guard effect.state == .sending else { return await proveCancellation(effect, orderID) }
    guard let facts = await facts(of: orderID, &memory) else {
      return Report(effect, .released(after: .seconds(5), why: "the order could not be read"))
    }
    guard facts.status == .accepted || facts.status == .labelCreated else {
      return Report(effect, .pointless("the order is \(facts.status.rawValue)"))
    }
    if let refusal = mayNotSend(effect, callOf: cycle.callDeadline) { return refusal }
    let answer = await send(effect, callOf: cycle.callDeadline) {
      await shop.mirakl.cancel(orderID)
    }
    let policy = cycle.policy(for: .cancelOrder)
    switch answer.result {
    case .success:
      return Report(
        effect, .verify(after: policy.firstCheck), calls: [answer.call], wasSent: true)
    case .failure(let error):
      if let (step, wasSent) = step(after: error, effect, policy) {
        return Report(effect, step, calls: [answer.call], wasSent: wasSent)
      }
      // Perhaps it is off already: only a read can tell.
      let reading = await reader.read(orderID)
      let calls = [answer.call, reading.call]
      guard let order = reading.order else {
        return Report(effect, .refused(error.description), calls: calls, wasSent: true)
      }
      let isOff = MarketplaceState(order.state ?? "").isOff
      return Report(
        effect,
        isOff ? .done("refused, since the order is off already") : .refused(error.description),
        calls: calls, wasSent: true, findings: [.orderSeen(order)])
    }
  }

  private func proveCancellation(_ effect: ClaimedEffect, _ orderID: String) async -> Report {
    let policy = cycle.policy(for: .cancelOrder)
    let reading = await reader.read(orderID)
    guard let order = reading.order else {
      let step =
        reading.error.map { stepAfterRead($0, effect, policy) }
        ?? policy.notYet(checks: effect.checks, seen: "no such order")
      return Report(effect, step, calls: [reading.call])
    }
    let step = Proof.cancellation(
      seen: MarketplaceState(order.state ?? ""), state: effect.state, checks: effect.checks,
      policy: policy)
    return Report(effect, step, calls: [reading.call], findings: [.orderSeen(order)])
  }
}
