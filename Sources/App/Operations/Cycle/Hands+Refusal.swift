import Effects
import Kit
import Ledger
import Mirakl
import Orders

extension Hands {
  /// Tells the marketplace that the whole order is not wanted: the acceptance's own call (OR21), with
  /// every line refused. Like the acceptance it counts when the order shows it, and a call that may
  /// have gone out is looked up, never repeated.
  func refuse(_ effect: ClaimedEffect, _ orderID: String, _ memory: inout Memory) async -> Report {
    guard effect.state == .sending else { return await proveRefusal(effect, orderID) }
    guard let facts = await facts(of: orderID, &memory) else {
      return Report(effect, .released(after: .seconds(5), why: "the order could not be read"))
    }
    guard facts.status == .parked else {
      return Report(effect, .pointless("the order is \(facts.status.rawValue)"))
    }
    if let refusal = mayNotSend(effect, callOf: cycle.callDeadline) { return refusal }
    let answer = await send(effect, callOf: cycle.callDeadline) {
      await shop.mirakl.accept(
        orderID, facts.lineIDs.map { (lineID: $0, accepted: false) })
    }
    switch answer.result {
    case .success:
      return Report(
        effect, .verify(after: cycle.acceptance.firstCheck), calls: [answer.call], wasSent: true)
    case .failure(let error):
      if let (step, wasSent) = step(after: error, effect, cycle.acceptance) {
        return Report(effect, step, calls: [answer.call], wasSent: wasSent)
      }
      // Perhaps it is off already: only a read can tell.
      let reading = await reader.read(orderID)
      let calls = [answer.call, reading.call]
      guard let order = reading.order, MarketplaceState(order.state ?? "").isOff else {
        return Report(effect, .refused(error.description), calls: calls, wasSent: true)
      }
      return Report(
        effect, .done("refused, since the order is off already"), calls: calls, wasSent: true,
        findings: [.orderSeen(order)])
    }
  }

  private func proveRefusal(_ effect: ClaimedEffect, _ orderID: String) async -> Report {
    let reading = await reader.read(orderID)
    guard let order = reading.order else {
      let step =
        reading.error.map { stepAfterRead($0, effect, cycle.acceptance) }
        ?? cycle.acceptance.notYet(checks: effect.checks, seen: "no such order")
      return Report(effect, step, calls: [reading.call])
    }
    let step = Proof.refusal(
      seen: MarketplaceState(order.state ?? ""), state: effect.state, checks: effect.checks,
      policy: cycle.acceptance)
    return Report(effect, step, calls: [reading.call], findings: [.orderSeen(order)])
  }
}
