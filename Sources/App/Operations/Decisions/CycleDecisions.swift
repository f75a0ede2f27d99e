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

  private(set) var changes = ChangeSet()
  private var orders: [String: OrderSnapshot]
  let locked: Locked
  /// What nothing holds of the parts, less what this batch has taken on; `nil` when nobody asks.
  private var freeParts: [Int64: Int64]?

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
    var step = report.step
    if EffectMachine.next(from: effect.state, step) == nil {
      step = .ask("bug: \(step) is no answer in state \(effect.state.rawValue)")
    }
    guard var next = EffectMachine.next(from: effect.state, step) else { return }
    if next.state == .planned, deed.diesWithTheOrder,
      effect.orderID.flatMap({ orders[$0]?.isHeld }) == true
    {
      next.after = OrderFlow.heldFor
    }
    settle(effect, next, step, report)
    for case .offers(let finding) in report.findings { noteOffers(finding, effect, report) }
    if deed == .sendMessage { return concludeMessage(effect, step, report) }
    guard let orderID = effect.orderID, var order = orders[orderID] else { return }
    let call = report.calls.last
    for finding in report.findings {
      apply(finding, to: &order, effect: effect, call: call)
    }
    conclude(deed, step, &order, effect: effect, report: report)
    orders[orderID] = order
    planNext(for: order)
  }

  private mutating func settle(
    _ effect: ClaimedEffect, _ next: EffectMachine.Next, _ step: Step, _ report: Report
  ) {
    let after = next.after ?? .zero
    // Due at once and not to be sent again: this worker simply goes on with it.
    let keeps = next.state.isActive && next.state != .planned && after <= .zero
    if keeps { kept[effect.effectID] = next }
    changes.effects.append(
      EffectUpdate(
        effectID: effect.effectID, state: next.state, after: after, keepsLease: keeps,
        countsCheck: next.countsCheck, countsSend: report.wasSent, outcome: step.words,
        callID: report.calls.last?.id))
  }

  private mutating func noteOffers(
    _ change: OfferChange, _ effect: ClaimedEffect, _ report: Report
  ) {
    changes.offers.append(change)
    guard case .failed(_, let why) = change else { return }
    changes.failures.append(
      ProcessFailure(
        processName: Deed.updateOffer.processName, orderID: nil, effectID: effect.effectID,
        details: why, correlationID: report.calls.last?.correlationID))
  }

  private mutating func apply(
    _ finding: Finding, to order: inout OrderSnapshot, effect: ClaimedEffect, call: CallRecord?
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
      if order.shipment?.status == .labelCreated { order.shipment?.status = .trackingUpdated }
      changes.shipments.append(ShipmentUpdate(orderID: orderID, status: .trackingUpdated))
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
    case .done, .verify, .again, .lost, .lookAgain, .pointless, .released: return
    }
    let call = report.calls.first
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
        changes.failures.append(
          ProcessFailure(
            processName: "Pull", orderID: known.orderID, effectID: nil,
            details: "shop \(shopID) shows an order that belongs to shop \(known.shopID)",
            correlationID: correlationID))
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
      self.move(&order, to: move.to, move.cause, effectID: effectID, correlationID: correlationID)
      if move.to == .cancelled { changes.ordersOff.append(order.orderID) }
      if mayObject { takeParts(of: incoming, &order) }
    }
    return decision
  }

  // MARK: Stock

  private func objection(
    to incoming: IncomingOrder, shopID: String
  ) -> OrderIntake.Objection? {
    guard let shop = shops[shopID] else { return nil }
    if shop.unknownSKUs == .refuse,
      let sku = incoming.lines.compactMap(\.sku).first(where: locked.unmappedSKUs.contains)
    {
      return OrderIntake.Objection("unknown SKU \(sku)", refuses: true)
    }
    guard shop.acceptance != .acceptAlways else { return nil }
    return shop.acceptance.objection(
      to: incoming.soldLines(locked.listings), free: freeParts
    ).map { OrderIntake.Objection($0.reason, refuses: $0.answer == .refuse) }
  }

  /// An order that is parked because the policy refuses it is refused.
  private mutating func follow(_ objection: OrderIntake.Objection?, on order: OrderSnapshot) {
    guard let objection, objection.refuses, order.status == .parked,
      order.parkedReason == objection.reason
    else { return }
    plan(.refuseOrder, for: order)
  }

  /// A person turns down an order that the shop keeps back.
  mutating func refuse(_ order: OrderSnapshot, _ reason: String) {
    var order = order
    let reason = OrderIntake.refusalMark + reason
    order.parkedReason = reason
    orders[order.orderID] = order
    changes.parkedReasons.append((order.orderID, reason))
    plan(.refuseOrder, for: order)
  }

  /// An order that goes to be accepted, or is accepted already, takes its parts on. Without a bill of
  /// materials that is nothing.
  mutating func takeParts(of incoming: IncomingOrder, _ order: inout OrderSnapshot) {
    guard !locked.listings.isEmpty, order.status == .pendingAcceptance || order.status == .accepted
    else { return }
    for line in incoming.soldLines(locked.listings) {
      guard line.units > 0, let listing = line.listing else { continue }
      for need in listing.needs {
        order.hasParts = true
        changes.stock.taken.append(
          TakenPart(
            orderID: order.orderID, orderLineID: line.id, componentID: need.componentID,
            variantID: listing.variantID, perUnit: need.perUnit, units: line.units,
            asksSerial: need.asksSerial))
        freeParts?[need.componentID, default: 0] -= Int64(need.perUnit) * Int64(line.units)
      }
    }
  }

  private mutating func settleParts(of order: OrderSnapshot, at status: OrderStatus) {
    guard order.hasParts else { return }
    switch status {
    case .shipped: changes.stock.shipped.append(order.orderID)
    case .cancelled: changes.stock.released.append(order.orderID)
    case .received, .parked, .pendingAcceptance, .accepted, .acceptanceFailed, .labelCreated: break
    }
  }

  private func heldSKUs(of incoming: IncomingOrder, shopID: String) -> [String] {
    switch shops[shopID]?.unknownSKUs ?? .auto {
    case .accept: return []
    case .auto where !locked.hasCatalogue: return []
    case .refuse: return []
    case .auto, .hold:
      return incoming.lines.compactMap(\.sku).filter(locked.unmappedSKUs.contains)
    }
  }

  // MARK: Moves and plans

  private mutating func move(
    _ order: inout OrderSnapshot, to status: OrderStatus, _ cause: String, effect: ClaimedEffect,
    call: CallRecord?
  ) {
    move(
      &order, to: status, cause, effectID: effect.effectID, correlationID: call?.correlationID)
  }

  /// A move that is not legal from where the order is now is not made: the order was moved
  /// meanwhile (cancelled, say), and that stands.
  private mutating func move(
    _ order: inout OrderSnapshot, to status: OrderStatus, _ cause: String, effectID: Int64?,
    correlationID: String?
  ) {
    guard order.status.canMove(to: status) else { return }
    changes.history.append(
      HistoryEntry(
        orderID: order.orderID, previous: order.status, status: status, cause: cause,
        effectID: effectID, correlationID: correlationID))
    settleParts(of: order, at: status)
    order.status = status
    order.statusSince = locked.now
    if status != .parked { order.parkedReason = nil }
  }

  mutating func planNext(for order: OrderSnapshot) {
    guard let deed = nextDeed(for: order) else { return }
    plan(deed, for: order)
  }

  func nextDeed(for order: OrderSnapshot) -> Deed? {
    OrderFlow.nextDeed(for: order, shipAfter: shops[order.shopID]?.shipAfter ?? .label)
  }

  mutating func hold(_ order: OrderSnapshot, _ reason: String, by actor: Actor) {
    changes.holds.append(
      OrderHold(orderID: order.orderID, reason: reason, actor: actor.signature))
    orders[order.orderID]?.isHeld = true
  }

  /// What the order would have got meanwhile is planned now.
  mutating func release(_ order: OrderSnapshot) {
    var order = order
    order.isHeld = false
    orders[order.orderID] = order
    changes.releases.append(order.orderID)
    planNext(for: order)
  }

  mutating func plan(_ deed: Deed, for order: OrderSnapshot) {
    guard let shop = shops[order.shopID] else { return }
    var order = order
    if deed == .buyLabel, order.shipment == nil {
      let shipment = NewShipment.planned(for: order, shop: shop, generation: 1, at: locked.now)
      changes.newShipments.append(shipment)
      order.shipment = ShipmentSnapshot(
        status: .labelCreationInitiated, generation: 1, requestID: shipment.requestID,
        trackingPIN: nil, isTrackingPosted: false)
      orders[order.orderID] = order
    }
    let generation = order.shipment?.generation ?? 1
    let isAboutParcel = ![.acceptOrder, .refuseOrder, .cancelOrder].contains(deed)
    changes.plans.append(
      PlannedEffect(
        deed: deed, subject: order.orderID, ordinal: isAboutParcel ? generation : 1,
        orderID: order.orderID, shopID: order.shopID,
        requestKey: deed == .buyLabel
          ? order.shipment?.requestID ?? order.orderID
          : "\(deed.rawValue):\(order.orderID):\(generation)",
        deadline: deadline(of: deed, order),
        isClaimed: canTakeOn(deed, deed.system.lane(shop: order.shopID))))
  }

  /// The label goes, and with it everything that was planned for its parcel.
  mutating func void(_ order: OrderSnapshot) {
    changes.ordersOff.append(order.orderID)
    plan(.voidLabel, for: order)
  }

  private func deadline(of deed: Deed, _ order: OrderSnapshot) -> Timestamp {
    let ours = locked.now + cycle.policy(for: deed).deadline
    switch deed {
    case .acceptOrder, .refuseOrder: return min(order.acceptBy ?? ours, ours)
    case .buyLabel, .fetchLabel, .postTracking, .markShipped: return min(order.shipBy ?? ours, ours)
    case .cancelOrder, .voidLabel, .refundLabel, .updateOffer, .sendMessage: return ours
    }
  }
}

extension Deed {
  /// The seeds' names of the workflows.
  var processName: String {
    switch self {
    case .acceptOrder, .refuseOrder: "OrderAcceptance"
    case .buyLabel, .fetchLabel: "ShippingLabelCreation"
    case .postTracking, .markShipped: "TrackingUpdate"
    case .cancelOrder: "OrderCancellation"
    case .voidLabel, .refundLabel: "LabelVoid"
    case .updateOffer: "OfferUpdate"
    case .sendMessage: "CustomerService"
    }
  }
}

// MARK: What people decide

extension CycleDecisions {
  func waitingForPeople(of orderID: String) -> [LockedEffect] {
    lockedEffects.filter {
      $0.subject == orderID && ($0.state == .needsPerson || $0.state == .refused)
    }.sorted { $0.effectID < $1.effectID }
  }

  mutating func moveByPerson(
    _ order: inout OrderSnapshot, to status: OrderStatus, _ cause: String, actor: String
  ) {
    guard order.status.canMove(to: status) else { return }
    add(
      HistoryEntry(
        orderID: order.orderID, previous: order.status, status: status, cause: cause, actor: actor))
    settleParts(of: order, at: status)
    order.status = status
  }
}
