import CanadaPost
import Cryptography
import Effects
import Kit
import Ledger
import Orders
import Postgres

extension Hands {
  // MARK: Buy (seed 002; Canada Post contract, section 9.3)

  func buyLabel(_ effect: ClaimedEffect, _ orderID: String, _ memory: inout Memory) async -> Report
  {
    if effect.state == .unknown { return await findPurchase(effect, orderID, &memory) }
    if effect.state == .verifying || effect.sends > 1,
      let report = await lookForSurplus(effect, orderID, &memory)
    {
      return report
    }
    // Whoever only looks buys nothing, whatever is found.
    guard effect.state == .sending else { return await findPurchase(effect, orderID, &memory) }
    // Whoever gets no turn under this lease does not ask the marketplace first.
    if let wait = await pace.wait(by: lastPurchase(of: effect)) {
      return Report(effect, .released(after: wait, why: Self.noTurnWords))
    }
    var calls: [CallRecord] = []
    var findings: [Finding] = []
    let order: IncomingOrder
    switch await orderToShip(orderID, memory, &calls, &findings) {
    case .success(let found): order = found
    case .failure(let reason):
      return Report(
        effect, .released(after: .seconds(10), why: reason.text), calls: calls, findings: findings)
    }
    let state = MarketplaceState(order.state ?? "")
    if state.isOff {
      return Report(
        effect, .pointless("the marketplace cancelled the order"), calls: calls, findings: findings)
    }
    if state == .shipped {
      return await shippedWithoutIt(effect, orderID, calls, findings)
    }
    guard state == .shipping else {
      return Report(
        effect, .released(after: .seconds(60), why: "the order shows \(state.name)"), calls: calls,
        findings: findings)
    }
    if !findings.isEmpty, await hasNewsOfLines(order) {
      let why = "lines were taken back at the marketplace"
      return Report(
        effect, .released(after: .seconds(10), why: why), calls: calls, findings: findings)
    }
    // After any earlier send a purchase begins with a search, whoever asked for it.
    let mayBeBought =
      if effect.sends > 0 { true } else { await mayBeBought(orderID, memory) }
    if mayBeBought,
      let report = await adoptEarlierPurchase(effect, orderID, &calls, findings)
    {
      return report
    }
    if let wait = await pace.turn(by: lastPurchase(of: effect)) {
      return Report(
        effect, .released(after: wait, why: Self.noTurnWords), calls: calls, findings: findings)
    }
    // Money is about to be spent, a minute after the first look perhaps: who held or cancelled the order, or
    // had its parcel made anew, is heard now.
    guard let facts = await facts.read(orderID), let parcel = facts.parcel else {
      return Report(
        effect, .released(after: .seconds(5), why: "the parcel could not be read"), calls: calls,
        findings: findings)
    }
    memory.facts = facts
    if let step = await objection(to: effect, order, facts, parcel) {
      return Report(effect, step, calls: calls, findings: findings)
    }
    let request: ShipmentRequest
    switch parcelRequest(for: order, parcel: parcel, facts: facts) {
    case .success(let made): request = made
    case .failure(let reason):
      return Report(effect, .ask(reason.text), calls: calls, findings: findings)
    }
    if let refusal = mayNotSend(effect, callOf: cycle.purchaseDeadline) {
      return Report(effect, refusal.step, calls: calls, findings: findings)
    }
    let answer = await send(effect, callOf: cycle.purchaseDeadline) {
      await shop.carrier.createShipment(request)
    }
    calls.append(answer.call)
    switch answer.result {
    case .success(let info):
      var purchase = Finding.Purchase(info)
      purchase.serviceCode = request.serviceCode
      return Report(
        effect, inHand("bought \(info.shipmentID)", sends: effect.sends + 1), calls: calls,
        wasSent: true, findings: findings + [.bought(purchase)])
    case .failure(let error):
      let (step, wasSent) =
        step(after: error, effect, cycle.purchase) ?? (.ask(error.description), true)
      return Report(effect, step, calls: calls, wasSent: wasSent, findings: findings)
    }
  }

  /// Whether a label may exist that the ledger does not know: one that was restored from a backup has forgotten
  /// what was bought since. An order that we accepted within the hour has none. Without a contract nothing can be
  /// searched by its request id, and reading all of an account's labels would hold up every first purchase.
  private func mayBeBought(_ orderID: String, _ memory: Memory) async -> Bool {
    guard shop.settings.carrier.canVoid, !memory.wasJustAccepted else { return false }
    if let facts = memory.facts { return !facts.wasJustAccepted }
    return await !(facts.read(orderID)?.wasJustAccepted ?? false)
  }

  /// When a purchase may begin at the latest.
  private func lastPurchase(of effect: ClaimedEffect) -> ContinuousClock.Instant {
    effect.leaseEnds - cycle.purchaseDeadline
  }

  /// What keeps a label from being bought, of what the ledger says at this moment.
  private func objection(
    to effect: ClaimedEffect, _ order: IncomingOrder, _ facts: OrderFacts, _ parcel: ParcelFacts
  ) async -> Step? {
    guard effect.isAbout(parcel) else { return .pointless("the parcel was made anew") }
    guard parcel.carrierID == nil else {
      return .ask("a label is in hand already; nothing was bought")
    }
    if facts.isHeld { return .held("held by a person") }
    guard facts.status == .accepted else {
      return .pointless("the order is \(facts.status.rawValue)")
    }
    switch await foreignNumber(in: order) {
    case .failure: return .released(after: .seconds(5), why: Self.unreadCallsWords)
    case .success(nil): return nil
    case .success(let number?):
      return .ask(
        "tracking \(number) is already posted, and not by us: nothing was bought. If a parcel goes with "
          + "it, mark the order as shipped at the marketplace; if none does, have the number taken away "
          + "there. Then retry")
    }
  }

  /// The order was shipped without a label of ours, and nothing is bought any more. What an earlier call
  /// may have bought is looked for: money was spent on it. One that was taken back may still be shown.
  private func shippedWithoutIt(
    _ effect: ClaimedEffect, _ orderID: String, _ calls: [CallRecord], _ findings: [Finding]
  ) async -> Report {
    var calls = calls
    let status = await facts.read(orderID)?.parcel?.status
    guard effect.sends > 0, status != .voided, status != .refundRequested,
      let report = await adoptEarlierPurchase(effect, orderID, &calls, findings)
    else {
      return Report(
        effect, .pointless("the order was shipped without a label of ours"), calls: calls,
        findings: findings)
    }
    for case .bought(let purchase) in report.findings {
      return Report(effect, .ask(purchase.asSurplus), calls: calls, findings: report.findings)
    }
    return report
  }

  /// `nil` when the search shows that nothing was bought under this request id.
  private func adoptEarlierPurchase(
    _ effect: ClaimedEffect, _ orderID: String, _ calls: inout [CallRecord], _ findings: [Finding]
  ) async -> Report? {
    let wanted = Wanted(requestID: effect.requestKey, orderID: orderID)
    switch await matches(effect, wanted, calls: &calls) {
    case .failure(let unfinished):
      return Report(effect, unfinished.step, calls: calls, findings: findings)
    case .success(let found) where found.isEmpty:
      return nil
    case .success(let found) where found.count == 1:
      return Report(
        effect, inHand("found \(found[0].shipmentID) by its request id", sends: effect.sends),
        calls: calls, findings: findings + [.bought(Finding.Purchase(found[0]))])
    case .success(let found):
      let ids = found.map(\.shipmentID).joined(separator: ", ")
      return Report(
        effect, .ask("\(found.count) labels exist for one parcel (\(ids)): void the surplus"),
        calls: calls, findings: findings)
    }
  }

  struct Reason: Error { var text: String }

  /// The order as it is now: just seen, else read again. When the marketplace is down the stored
  /// order serves (shipping does not stop for it): a cancellation then voids the label.
  private func orderToShip(
    _ orderID: String, _ memory: Memory, _ calls: inout [CallRecord], _ findings: inout [Finding]
  ) async -> Result<IncomingOrder, Reason> {
    if let seen = memory.freshlySeen(within: cycle.freshness) { return .success(seen) }
    let reading = await reader.read(orderID)
    calls.append(reading.call)
    if let order = reading.order {
      findings.append(.orderSeen(order))
      return .success(order)
    }
    guard reading.error != nil else {
      return .failure(Reason(text: "the marketplace has no such order"))
    }
    do {
      guard let raw = try await ledger.rawOrder(orderID),
        let order = IncomingOrder.stored(raw)
      else { return .failure(Reason(text: "the stored order cannot be read")) }
      return .success(order)
    } catch {
      return .failure(Reason(text: error.description))
    }
  }

  /// It shows lines as taken back that the stored copy shows as sold: a person decides first, as told by
  /// the decision that stores this one.
  private func hasNewsOfLines(_ order: IncomingOrder) async -> Bool {
    let gone = order.lines.filter { $0.takenBack != nil }
    if gone.isEmpty { return false }
    guard let raw = try? await ledger.rawOrder(order.orderID),
      let stored = IncomingOrder.stored(raw)
    else { return true }
    return !gone.allSatisfy { line in
      stored.lines.contains { $0.id == line.id && $0.takenBack == line.takenBack }
    }
  }

  private func parcelRequest(
    for order: IncomingOrder, parcel: ParcelFacts, facts: OrderFacts
  ) -> Result<ShipmentRequest, Reason> {
    guard let destination = Address.destination(inRawOrder: order.raw) else {
      return .failure(Reason(text: "shipping_address: missing"))
    }
    let request = ShipmentRequest.make(
      shop: shop.settings, order: order, destination: destination, parcel: parcel,
      facts: facts)
    let problems = request.problems(for: shop.settings.carrier.kind)
    guard problems.isEmpty else {
      let list = problems.map { "\($0.field): \($0.problem)" }.joined(separator: "; ")
      return .failure(Reason(text: list))
    }
    return .success(request)
  }

  // MARK: Look up a lost purchase

  private func findPurchase(
    _ effect: ClaimedEffect, _ orderID: String, _ memory: inout Memory
  ) async -> Report {
    guard let facts = await facts.read(orderID), let parcel = facts.parcel else {
      return Report(effect, .released(after: .seconds(5), why: "the parcel could not be read"))
    }
    memory.facts = facts
    guard effect.isAbout(parcel) else { return await lookForLeftovers(effect, orderID, parcel) }
    var calls: [CallRecord] = []
    let wanted = Wanted(requestID: parcel.requestID, orderID: orderID)
    switch await matches(effect, wanted, calls: &calls) {
    case .failure(let unfinished):
      return Report(effect, unfinished.step, calls: calls)
    case .success(let found) where found.count == 1:
      return Report(
        effect, inHand("found \(found[0].shipmentID) by its request id", sends: effect.sends),
        calls: calls, findings: [.bought(Finding.Purchase(found[0]))])
    case .success(let found) where found.count > 1:
      let ids = found.map(\.shipmentID).joined(separator: ", ")
      return Report(
        effect, .ask("\(found.count) labels exist for one parcel (\(ids)): void the surplus"),
        calls: calls)
    case .success:
      let read = effect.checks + 1
      guard let wait = cycle.purchase.lookup(afterChecks: read) else {
        return Report(
          effect, .ask("the answer was lost and \(read) searches found no label; retry buys again"),
          calls: calls)
      }
      return Report(
        effect, .lookAgain(after: wait, why: "search \(read) found no label yet"), calls: calls)
    }
  }

  // MARK: More than one call went out

  /// A label is in hand. After a single call that is all there can be; after more, an earlier one may
  /// have bought too, and the carrier's search may show it late.
  private func inHand(_ words: String, sends: Int) -> Step {
    sends > 1 ? .verify(after: cycle.purchase.lookup(afterChecks: 0) ?? .zero) : .done(words)
  }

  /// Looks for labels beside the one in hand, as often as for a lost one. The parcel goes its way
  /// meanwhile; a surplus is a person's question, never silent.
  ///
  /// - Returns: `nil` when no label is in hand.
  private func lookForSurplus(
    _ effect: ClaimedEffect, _ orderID: String, _ memory: inout Memory
  ) async -> Report? {
    guard let parcel = await facts.read(orderID)?.parcel else {
      return Report(effect, .released(after: .seconds(5), why: "the parcel could not be read"))
    }
    guard effect.isAbout(parcel) else { return await lookForLeftovers(effect, orderID, parcel) }
    guard let ours = parcel.carrierID else { return nil }
    var calls: [CallRecord] = []
    let wanted = Wanted(requestID: parcel.requestID, orderID: orderID)
    switch await matches(effect, wanted, calls: &calls) {
    case .failure(let unfinished):
      return Report(effect, unfinished.step, calls: calls)
    case .success(let found):
      let surplus = found.map(\.shipmentID).filter { $0 != ours }
      if !surplus.isEmpty {
        let ids = surplus.joined(separator: ", ")
        return Report(
          effect, .ask("labels beside \(ours) exist for one parcel (\(ids)): void the surplus"),
          calls: calls)
      }
      let read = effect.checks + 1
      guard effect.state == .verifying, let wait = cycle.purchase.lookup(afterChecks: read) else {
        let isAll = effect.state == .verifying
        return Report(
          effect,
          isAll ? .done("\(ours) is the only label") : inHand("", sends: effect.sends),
          calls: calls)
      }
      return Report(
        effect, .lookAgain(after: wait, why: "search \(read) shows no surplus label"), calls: calls)
    }
  }

  /// The label was voided and its parcel made anew while this looked. Nothing is bought for the old one any
  /// more; a label of it that is still there is a person's question. A label that was handed in for a
  /// refund, as all are without a contract, is still shown.
  private func lookForLeftovers(
    _ effect: ClaimedEffect, _ orderID: String, _ parcel: ParcelFacts
  ) async -> Report {
    var calls: [CallRecord] = []
    let wanted = Wanted(requestID: effect.requestKey, orderID: orderID)
    switch await matches(effect, wanted, calls: &calls) {
    case .failure(let unfinished):
      return Report(effect, unfinished.step, calls: calls)
    case .success(let found):
      let left = found.map(\.shipmentID).filter { $0 != parcel.carrierID }
      if left.count > (shop.settings.carrier.canVoid ? 0 : 1) {
        let ids = left.joined(separator: ", ")
        return Report(
          effect,
          .ask(
            "the parcel was made anew, and of the old one there is \(ids): void it or refund it"),
          calls: calls)
      }
      let read = effect.checks + 1
      guard effect.state != .sending, let wait = cycle.purchase.lookup(afterChecks: read) else {
        return Report(effect, .pointless("the parcel was made anew"), calls: calls)
      }
      return Report(
        effect, .lookAgain(after: wait, why: "search \(read) shows no label of the old parcel"),
        calls: calls)
    }
  }
}
