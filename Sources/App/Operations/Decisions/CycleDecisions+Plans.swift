import Effects
import Kit
import Ledger
import Orders
import People

/// Moves of orders, and the effects that follow them.
extension CycleDecisions {
  mutating func move(
    _ order: inout OrderSnapshot, to status: OrderStatus, _ cause: String, effect: ClaimedEffect,
    call: CallName?
  ) {
    move(
      &order, to: status, cause, effectID: effect.effectID, correlationID: call?.correlationID)
  }

  /// A move that is not legal from where the order is now is not made: the order was moved
  /// meanwhile (cancelled, say), and that stands.
  mutating func move(
    _ order: inout OrderSnapshot, to status: OrderStatus, _ cause: String,
    actor: String = HistoryEntry.ourselves, effectID: Int64? = nil, correlationID: String? = nil
  ) {
    guard order.status.canMove(to: status) else { return }
    changes.history.append(
      HistoryEntry(
        orderID: order.orderID, previous: order.status, status: status, cause: cause, actor: actor,
        effectID: effectID, correlationID: correlationID))
    settleParts(of: order, at: status)
    if status == .cancelled, order.isHeld {
      settleHold(of: order.orderID, by: HistoryEntry.ourselves)
    }
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
    changes.plans.append(
      PlannedEffect(
        deed: deed, subject: order.orderID, ordinal: deed.isAboutAParcel ? generation : 1,
        orderID: order.orderID, shopID: order.shopID,
        requestKey: deed.requestKey(
          of: order.orderID, generation: generation,
          requestID: order.shipment?.requestID ?? order.orderID),
        deadline: deadline(of: deed, order),
        isClaimed: canTakeOn(deed, deed.system.lane(shop: order.shopID))))
  }

  /// The label goes, and with it everything that was planned for its parcel. From now on it counts as
  /// going: what is under way for it leads to nothing more.
  mutating func void(_ order: OrderSnapshot) {
    changes.ordersOff.append(order.orderID)
    changes.shipments.append(ShipmentUpdate(orderID: order.orderID, status: .voidPending))
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

  func waitingForPeople(of orderID: String) -> [LockedEffect] {
    lockedEffects.filter {
      $0.subject == orderID && ($0.state == .needsPerson || $0.state == .refused)
    }.sorted { $0.effectID < $1.effectID }
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
