import Effects
import Kit
import Ledger
import Mirakl

extension Hands {
  /// Offers of a shop that are read to prove a push; pages of 100.
  static let offerPagesMax = 500

  /// Tells the marketplace a shop's quantities: a file that it takes in and works through in its own
  /// time. It counts when the offers themselves were read back.
  ///
  /// Quantities are absolute, so a file that may have gone out does no harm; still it is looked up,
  /// and what it left undone goes out with the newest quantities instead of being sent again.
  func pushOffers(_ effect: ClaimedEffect) async -> Report {
    let over = Report(effect, .pointless("the push is over"))
    guard let ordinal = Self.ordinal(of: effect) else { return over }
    let push: OfferPush
    do {
      guard let found = try await ledger.push(ordinal, of: effect.shopID) else { return over }
      push = found
    } catch {
      return Report(effect, .released(after: .seconds(5), why: "the push could not be read"))
    }
    if effect.state == .sending { return await send(push, effect) }
    if effect.state == .verifying, let id = push.importID {
      let answer = await shop.mirakl.stockImport(id)
      switch answer.result {
      case .failure(let error):
        return Report(effect, stepAfterRead(error, effect, cycle.offers), calls: [answer.call])
      case .success(let status):
        switch status.status {
        case "COMPLETE": return await prove(push, effect, [answer.call])
        case "FAILED":
          return give(up: push, effect, "the marketplace could not read the file", [answer.call])
        default: return waiting(push, effect, "the file is \(status.status)", [answer.call])
        }
      }
    }
    return await prove(push, effect, [])
  }

  private static func ordinal(of effect: ClaimedEffect) -> Int? {
    effect.requestKey.split(separator: ":").last.flatMap { Int($0) }
  }

  private func send(_ push: OfferPush, _ effect: ClaimedEffect) async -> Report {
    if let refusal = mayNotSend(effect, callOf: cycle.callDeadline) { return refusal }
    let answer = await send(effect, callOf: cycle.callDeadline) {
      await shop.mirakl.pushStock(
        push.lines.map { MiraklOffer(shopSKU: $0.sku, quantity: $0.quantity) })
    }
    switch answer.result {
    case .success(let id):
      return Report(
        effect, .verify(after: cycle.offers.firstCheck), calls: [answer.call], wasSent: true,
        findings: [.offers(.sent(pushID: push.id, importID: id))])
    case .failure(let error):
      if let (step, wasSent) = step(after: error, effect, cycle.offers) {
        if case .ask(let why) = step { return give(up: push, effect, why, [answer.call]) }
        return Report(effect, step, calls: [answer.call], wasSent: wasSent)
      }
      return give(up: push, effect, error.description, [answer.call])
    }
  }

  /// Reads all of the shop's offers and compares.
  private func prove(
    _ push: OfferPush, _ effect: ClaimedEffect, _ calls: [CallRecord]
  ) async -> Report {
    let reading = await OfferReading.read(shop.mirakl)
    let calls = calls + reading.calls
    guard let shown = reading.quantities else {
      let step = reading.error.map { stepAfterRead($0, effect, cycle.offers) }
      return Report(
        effect, step ?? .released(after: .seconds(60), why: "too many offers"), calls: calls)
    }
    let differing = push.lines.filter { shown[$0.sku] != $0.quantity }
    if effect.state == .unknown, !differing.isEmpty {
      if let wait = cycle.offers.lookup(afterChecks: effect.checks + 1) {
        return Report(
          effect, .lookAgain(after: wait, why: "lost answer; \(differing.count) offers differ"),
          calls: calls)
      }
      return Report(
        effect, .pointless("the file did not arrive; the newest quantities go out"), calls: calls,
        findings: [.offers(.seen(pushID: push.id, quantities: shown))])
    }
    // What was sold meanwhile is no failure: the next look sees it.
    let words = "\(push.lines.count - differing.count) offers show their quantity"
    return Report(
      effect, .done(differing.isEmpty ? words : words + ", \(differing.count) do not"),
      calls: calls, findings: [.offers(.seen(pushID: push.id, quantities: shown))])
  }

  private func waiting(
    _ push: OfferPush, _ effect: ClaimedEffect, _ why: String, _ calls: [CallRecord]
  ) -> Report {
    if effect.checks + 1 >= cycle.offers.checksMax { return give(up: push, effect, why, calls) }
    return Report(effect, .lookAgain(after: cycle.offers.checkEvery, why: why), calls: calls)
  }

  /// A person is told; the next push carries what this one left undone.
  private func give(
    up push: OfferPush, _ effect: ClaimedEffect, _ why: String, _ calls: [CallRecord]
  ) -> Report {
    Report(
      effect, .pointless(why), calls: calls, wasSent: effect.state == .sending,
      findings: [.offers(.failed(pushID: push.id, why: why))])
  }
}
