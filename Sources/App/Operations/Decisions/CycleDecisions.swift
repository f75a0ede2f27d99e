import Effects
import Kit
import Ledger
import Orders
import People
import Stock

/// From reports to changes: the pure middle of the ring. A batch of reports and the locked rows go
/// in, everything that the transaction writes comes out.
struct CycleDecisions {
  let shops: [String: ShopSettings]
  let cycle: CycleSettings
  /// Whether a follow-up effect of this lane may be taken on by this worker at once.
  let canTakeOn: (Deed, String) -> Bool

  var changes = ChangeSet()
  var orders: [String: OrderSnapshot]
  let locked: Locked
  /// What nothing holds of the parts, less what this batch has taken on; `nil` when nobody asks.
  var freeParts: [Int64: Int64]?

  init(
    locked: Locked, shops: [String: ShopSettings], cycle: CycleSettings,
    canTakeOn: @escaping (Deed, String) -> Bool
  ) {
    self.locked = locked
    self.shops = shops
    self.cycle = cycle
    self.canTakeOn = canTakeOn
    orders = locked.orders
    freeParts = locked.freeParts
  }

  var lockedEffects: [LockedEffect] { Array(locked.effects.values) }
  mutating func add(_ message: SentMessage) { changes.messages.append(message) }
  mutating func add(_ failure: ProcessFailure) { changes.failures.append(failure) }
  mutating func add(_ update: EffectUpdate) { changes.effects.append(update) }
  mutating func add(_ entry: HistoryEntry) { changes.history.append(entry) }
  mutating func add(_ act: Act) { changes.acts.append(act) }

  // MARK: Reports of effects

  /// The effects whose lease this worker keeps, to go on with at once.
  private(set) var kept: [Int64: EffectMachine.Next] = [:]
  /// Reports that came too late: the lease was lost meanwhile.
  private(set) var late: [Int64] = []

  mutating func take(_ report: Report) {
    let effect = report.effect
    guard locked.isOurs(effect), let deed = Deed(rawValue: effect.kind) else {
      late.append(effect.effectID)
      return
    }
    var report = report
    if let parcel = effect.orderID.flatMap({ orders[$0]?.shipment }), !effect.isAbout(parcel) {
      report = report.ofAParcelMadeAnew(deed)
    }
    var step = report.step
    let known = effect.orderID.flatMap { orders[$0] }
    if case .held = step, let known, known.status.isFinal {
      step = .pointless("the order is \(known.status.rawValue)")
    }
    if let known, let why = question(of: report, deed, known) { step = .ask(why) }
    if EffectMachine.next(from: effect.state, step) == nil {
      step = .ask("bug: \(step) is no answer in state \(effect.state.rawValue)")
    }
    guard var next = EffectMachine.next(from: effect.state, step) else { return }
    // Held now, under the lock, whatever whoever reports has read: only what is planned for an order that
    // is held is found by its release.
    if next.state == .planned, deed.diesWithTheOrder, let known, known.isHeld,
      !known.status.isFinal
    {
      next.after = OrderFlow.heldFor
    }
    settle(effect, deed, next, step, report)
    for case .offers(let finding) in report.findings { noteOffers(finding, effect, report) }
    if deed == .sendMessage { return concludeMessage(effect, step, report) }
    guard let orderID = effect.orderID, var order = orders[orderID] else { return }
    let call = report.lastCall
    for finding in report.findings {
      apply(finding, to: &order, effect: effect, call: call)
    }
    conclude(deed, step, &order, effect: effect, report: report)
    orders[orderID] = order
    // What it is itself is planned already.
    let isAboutIt = order.shipment.map { effect.isAbout($0) } ?? true
    if nextDeed(for: order) != deed || !isAboutIt { planNext(for: order) }
  }

  private mutating func settle(
    _ effect: ClaimedEffect, _ deed: Deed, _ next: EffectMachine.Next, _ step: Step,
    _ report: Report
  ) {
    let after = next.after ?? .zero
    var next = next
    // A look has shown that nothing was done: the next send is claimed by the commit that says so.
    if case .again = step, effect.state != .sending, after <= .zero, canTakeOn(deed, effect.lane) {
      next.state = .sending
    }
    // Due at once: this worker simply goes on with it.
    let keeps = next.state.isActive && next.state != .planned && after <= .zero
    if keeps { kept[effect.effectID] = next }
    var update = EffectUpdate(
      effectID: effect.effectID, state: next.state, after: after, keepsLease: keeps,
      countsCheck: next.countsCheck, countsSend: report.wasSent, outcome: step.words,
      callID: report.lastCall?.id)
    update.claimsAgain = next.state == .sending
    changes.effects.append(update)
  }

  private mutating func noteOffers(
    _ change: OfferChange, _ effect: ClaimedEffect, _ report: Report
  ) {
    changes.offers.append(change)
    guard case .failed(_, let why) = change else { return }
    changes.failures.append(
      ProcessFailure(
        processName: Deed.updateOffer.processName, orderID: nil, effectID: effect.effectID,
        details: why, correlationID: report.lastCall?.correlationID))
  }

  private mutating func apply(
    _ finding: Finding, to order: inout OrderSnapshot, effect: ClaimedEffect, call: CallName?
  ) {
    let orderID = order.orderID
    switch finding {
    case .orderSeen(let incoming):
      see(incoming, &order, effectID: effect.effectID, correlationID: call?.correlationID)
    case .acceptAnswered(let attempt):
      changes.attempts.append(
        AcceptanceAttempt(
          orderID: orderID, number: 1,
          status: AcceptanceAttempt.Status(rawValue: attempt.status) ?? .unknown,
          response: attempt.response, callID: call?.id))
    case .bought(let purchase):
      let isNew = order.shipment?.status == .labelCreationInitiated
      if isNew { order.shipment?.status = .labelBought }
      if let pin = purchase.pin { order.shipment?.trackingPIN = pin }
      changes.shipments.append(
        ShipmentUpdate(
          orderID: orderID, status: isNew ? .labelBought : nil, carrierID: purchase.carrierID,
          serviceCode: purchase.serviceCode,
          trackingPIN: purchase.pin, labelURL: purchase.labelURL, labelType: purchase.labelType,
          selfURL: purchase.selfURL, refundURL: purchase.refundURL))
    case .pinLearned(let pin):
      order.shipment?.trackingPIN = pin
      changes.shipments.append(ShipmentUpdate(orderID: orderID, trackingPIN: pin))
    case .labelStored(let path, let sha, let bytes):
      let isFirst = order.shipment?.status == .labelBought
      if isFirst { order.shipment?.status = .labelCreated }
      changes.shipments.append(
        ShipmentUpdate(
          orderID: orderID, status: isFirst ? .labelCreated : nil, labelPath: path,
          labelSHA256: sha, labelBytes: bytes))
      if isFirst {
        move(&order, to: .labelCreated, "label stored", effect: effect, call: call)
      }
    case .offers: break
    case .trackingPosted:
      order.shipment?.isTrackingPosted = true
      changes.shipments.append(ShipmentUpdate(orderID: orderID, isTrackingPosted: true))
    case .shippedAndSeen:
      // A label that was taken back meanwhile stays so: see `question`.
      if order.shipment?.status == .labelCreated {
        order.shipment?.status = .trackingUpdated
        changes.shipments.append(ShipmentUpdate(orderID: orderID, status: .trackingUpdated))
      }
      move(&order, to: .shipped, "the marketplace shows it shipped", effect: effect, call: call)
    case .voided:
      order.shipment?.status = .voided
      changes.shipments.append(ShipmentUpdate(orderID: orderID, status: .voided))
      move(&order, to: .accepted, "label voided", effect: effect, call: call)
    case .refundNeeded:
      order.shipment?.status = .voidPending
      changes.shipments.append(ShipmentUpdate(orderID: orderID, status: .voidPending))
      plan(.refundLabel, for: order)
    case .refundAsked(let ticket):
      order.shipment?.status = .refundRequested
      changes.shipments.append(
        ShipmentUpdate(orderID: orderID, status: .refundRequested, refundTicket: ticket))
      move(&order, to: .accepted, "refund asked for", effect: effect, call: call)
    case .messageSeen: break  // of a thread, not of an order: see `concludeMessage`
    }
  }

  /// What the end of an effect means beyond itself: failures that a person has to see.
  private mutating func conclude(
    _ deed: Deed, _ step: Step, _ order: inout OrderSnapshot, effect: ClaimedEffect, report: Report
  ) {
    let why: String
    switch step {
    case .refused(let text), .ask(let text): why = text
    case .done, .verify, .again, .lost, .lookAgain, .pointless, .released, .held: return
    }
    let call = report.firstCall
    if deed == .acceptOrder {
      let payload = report.findings.compactMap { finding -> String? in
        if case .acceptAnswered(let attempt) = finding { return attempt.requestPayload }
        return nil
      }.first
      let isValidation = effect.state != .sending
      let details =
        isValidation
        ? "Validation failed after \(effect.checks + 1) attempts: \(why); final status observed: "
          + (order.marketplaceState ?? "none")
        : why
      changes.debugLogs.append(
        AcceptanceDebugLog(
          orderID: order.orderID, details: details,
          requestPayload: payload))
      move(&order, to: .acceptanceFailed, details, effect: effect, call: call)
    }
    changes.failures.append(
      ProcessFailure(
        processName: deed.processName, orderID: order.orderID, effectID: effect.effectID,
        details: why, correlationID: call?.correlationID))
  }

  // MARK: Orders seen outside

  /// The one door: what an order that was just seen means for what we know.
  mutating func see(
    _ incoming: IncomingOrder, shopID: String, correlationID: String?
  ) -> OrderIntake.Decision {
    if var known = orders[incoming.orderID] {
      guard known.shopID == shopID else {
        noticeStranger(known, in: shopID, correlationID: correlationID)
        return OrderIntake.Decision(refreshes: false, move: nil)
      }
      let decision = see(incoming, &known, effectID: nil, correlationID: correlationID)
      orders[incoming.orderID] = known
      planNext(for: known)
      return decision
    }
    let objection = objection(to: incoming, shopID: shopID)
    let decision = OrderIntake.decide(
      known: nil, incoming: incoming, unknownSKUs: heldSKUs(of: incoming, shopID: shopID),
      objection: objection)
    let move = decision.move ?? StatusMove(to: .parked, cause: "not understood")
    let acceptBy = (incoming.placedAt ?? locked.now) + cycle.acceptWithin
    changes.newOrders.append(
      NewOrder(
        order: incoming, shopID: shopID, status: move.to,
        parkedReason: move.to == .parked ? move.cause : nil, acceptBy: acceptBy))
    changes.history.append(
      HistoryEntry(
        orderID: incoming.orderID, previous: .received, status: move.to, cause: move.cause,
        correlationID: correlationID))
    var order = OrderSnapshot(
      orderID: incoming.orderID, shopID: shopID, status: move.to, statusSince: locked.now,
      parkedReason: move.to == .parked ? move.cause : nil, marketplaceState: incoming.state,
      marketplaceUpdatedAt: incoming.updatedAt, marketplaceSeenAt: locked.now, acceptBy: acceptBy,
      shipBy: incoming.shipBy, rawDigest: incoming.digest, hasAddress: incoming.hasAddress)
    follow(objection, on: order)
    takeParts(of: incoming, &order)
    noticeLines(of: incoming, &order, correlationID: correlationID)
    orders[incoming.orderID] = order
    planNext(for: order)
    return decision
  }

  @discardableResult
  private mutating func see(
    _ incoming: IncomingOrder, _ order: inout OrderSnapshot, effectID: Int64?,
    correlationID: String?
  ) -> OrderIntake.Decision {
    let mayObject = order.status == .parked || order.status == .received
    let objection = mayObject ? objection(to: incoming, shopID: order.shopID) : nil
    let decision = OrderIntake.decide(
      known: order, incoming: incoming, unknownSKUs: heldSKUs(of: incoming, shopID: order.shopID),
      objection: objection)
    if decision.refreshes {
      let heals = order.status == .parked
      changes.refreshes.append(OrderRefresh(order: incoming, writesLines: heals))
      order.marketplaceState = incoming.state
      order.marketplaceUpdatedAt = incoming.updatedAt ?? order.marketplaceUpdatedAt
      order.hasAddress = incoming.hasAddress
      order.rawDigest = incoming.digest
      order.shipBy = incoming.shipBy ?? order.shipBy
    }
    if let reason = decision.parkedReason, reason != order.parkedReason {
      changes.parkedReasons.append((order.orderID, reason))
      order.parkedReason = reason
      follow(objection, on: order)
    }
    if let move = decision.move {
      if order.status == .acceptanceFailed { changes.wentOn.append(order.orderID) }
      self.move(&order, to: move.to, move.cause, effectID: effectID, correlationID: correlationID)
      if move.to.isFinal { changes.ordersOff.append(order.orderID) }
      if mayObject { takeParts(of: incoming, &order) }
    }
    noticeLines(of: incoming, &order, correlationID: correlationID)
    return decision
  }
}
