import CanadaPost
import Effects
import Kit
public import Ledger
import Orders
public import People
import Postgres

/// What people do to orders, from whatever face: each act is one transaction with its actor's name.
public struct Desk: Sendable {
  public let ledger: Ledger
  let shops: [String: ShopSettings]
  let cycle: CycleSettings

  public init(ledger: Ledger, shops: [ShopSettings], cycle: CycleSettings) {
    self.ledger = ledger
    self.shops = Dictionary(shops.map { ($0.id, $0) }) { first, _ in first }
    self.cycle = cycle
  }

  public enum Refusal: Error, CustomStringConvertible {
    case noSuchOrder(String)
    case noSuchEffect(Int64)
    case noSuchFailure(Int64)
    case nothingToRetry(String)
    case noLabelToVoid(String)
    case isHeld(String)
    case isNotHeld(String)
    case isOver(String)
    case notKeptBack(String)
    case beingRefused(String)
    case cannotAccept(String, String)
    case cannotCancel(String, String)
    case beingCancelled(String)

    /// Safe to show anyone.
    public var description: String {
      switch self {
      case .noSuchOrder(let id): "no order \(id); `quayside orders` lists those that we know"
      case .noSuchEffect(let id): "no effect \(id); `quayside effects` lists what is open"
      case .noSuchFailure(let id):
        "no failure \(id) is open; `quayside failures` lists those that are"
      case .nothingToRetry(let id):
        "nothing of order \(id) waits for a person; `quayside order \(id)` shows where it stands"
      case .noLabelToVoid(let id): "order \(id) has no live label"
      case .isHeld(let id): "order \(id) is held already"
      case .isNotHeld(let id): "order \(id) is not held"
      case .isOver(let id): "order \(id) is over; there is nothing left to stop"
      case .notKeptBack(let id):
        "order \(id) is not kept back; `quayside order \(id)` shows where it stands"
      case .beingRefused(let id):
        "the refusal of order \(id) is on its way; wait until the marketplace shows it"
      case .cannotAccept(let id, let why): "order \(id) cannot be acted on: \(why)"
      case .cannotCancel(let id, let why): "order \(id) cannot be cancelled from here: \(why)"
      case .beingCancelled(let id):
        "order \(id) is being cancelled; wait until the marketplace shows it"
      }
    }
  }

  func lease(_ actor: Actor) -> Lease {
    Lease(id: UUIDv7.make(), worker: actor.signature, duration: cycle.lease)
  }

  /// Sets going again what waits for a person.
  /// - Returns: the kinds of effects that were set going, or settled since their label is gone.
  public func retry(_ orderID: String, by actor: Actor) async throws -> [String] {
    let tail = try await ledger.retryTail(of: orderID, by: actor.signature)
    if !tail.isEmpty {
      let act = Act(actor, "order.retry", on: "order:" + orderID, tail.joined(separator: ", "))
      try await ledger.record(act)
      try await ledger.resolveFailures(of: orderID, by: actor.signature)
      return tail
    }
    if let parcel = try await ledger.parcel(of: orderID),
      parcel.status == .voided || parcel.status == .refundRequested
    {
      if try await relabel(orderID, by: actor) { return [Deed.buyLabel.rawValue] }
    }
    var scope = ChangeScope(orderIDs: [orderID])
    scope.looksAtEffects = true
    let kinds = try await decide(scope, lease(actor)) { decisions -> Result<[String], Refusal> in
      guard let order = decisions.orders[orderID] else { return .failure(.noSuchOrder(orderID)) }
      let kinds = decisions.retry(order, by: actor.signature)
      if kinds.isEmpty { return .failure(.nothingToRetry(orderID)) }
      decisions.add(
        Act(actor, "order.retry", on: "order:" + orderID, kinds.joined(separator: ", ")))
      return .success(kinds)
    }
    try await ledger.resolveFailures(of: orderID, by: actor.signature)
    await ledger.announce()
    return kinds
  }

  public func retry(effect id: Int64, by actor: Actor) async throws -> [String] {
    guard let orderID = try await ledger.orderID(ofEffect: id) else {
      throw Refusal.noSuchEffect(id)
    }
    return try await retry(orderID, by: actor)
  }

  /// Plans what follows the packing of an order. Where nobody does, the reconciler finds it.
  public func goOn(with orderID: String) async throws {
    let scope = ChangeScope(orderIDs: [orderID])
    let isPlanned = try await decide(scope, lease("bench")) { decisions -> Result<Bool, Refusal> in
      if let order = decisions.orders[orderID], let deed = decisions.nextDeed(for: order) {
        decisions.plan(deed, for: order)
      }
      return .success(!decisions.changes.plans.isEmpty)
    }
    if isPlanned { await ledger.announce() }
  }

  /// A voided parcel is bought anew: a new generation with a request key of its own.
  private func relabel(_ orderID: String, by actor: Actor) async throws -> Bool {
    let scope = ChangeScope(orderIDs: [orderID])
    let read = try await decide(scope, lease(actor)) { decisions in
      Result<OrderSnapshot?, Refusal>.success(decisions.orders[orderID])
    }
    guard let order = read, order.status == .accepted, let shop = shops[order.shopID],
      let generation = order.shipment.map({ $0.generation + 1 })
    else { return false }
    let renewed = NewShipment.planned(for: order, shop: shop, generation: generation, at: .now())
    guard try await ledger.renew(renewed) != nil else { return false }
    try await decide(orderID, by: actor) { order, decisions in
      decisions.plan(.buyLabel, for: order)
      decisions.add(Act(actor, "order.relabel", on: "order:" + orderID))
      return nil
    }
    await ledger.announce()
    return true
  }

  /// Voids the order's label (or asks for a refund where it is too late to void).
  public func void(_ orderID: String, by actor: Actor) async throws {
    try await decide(orderID, by: actor) { order, decisions in
      guard order.shipment?.status.isLive == true else { return .noLabelToVoid(orderID) }
      decisions.void(order)
      decisions.add(Act(actor, "order.void", on: "order:" + orderID))
      return nil
    }
    await ledger.announce()
  }
}

extension CycleDecisions {
  /// Everything of the order that waits for a person goes back to be tried; counts begin anew. What was
  /// about a label before the present one is not tried again: whoever asked for a new one settled it. Nor
  /// is the acceptance of an order that went on without it.
  mutating func retry(_ order: OrderSnapshot, by actor: String) -> [String] {
    var kinds: [String] = []
    var order = order
    for effect in waitingForPeople(of: order.orderID) {
      if isOfAnEarlierParcel(effect, order) {
        add(
          EffectUpdate(
            effectID: effect.effectID, state: .cancelled, outcome: "the parcel was made anew"))
        kinds.append(effect.deed.rawValue)
        continue
      }
      if effect.deed == .acceptOrder {
        if order.status == .pendingAcceptance { continue }
        guard order.status == .acceptanceFailed else {
          add(
            EffectUpdate(
              effectID: effect.effectID, state: .cancelled,
              outcome: "the order went on without it"))
          kinds.append(effect.deed.rawValue)
          continue
        }
        move(&order, to: .pendingAcceptance, "retried by \(actor)", actor: actor)
      }
      add(
        EffectUpdate(
          effectID: effect.effectID, state: .planned, resetsCounts: true,
          outcome: "set going again by \(actor)"))
      kinds.append(effect.deed.rawValue)
    }
    return kinds
  }

  private func isOfAnEarlierParcel(_ effect: LockedEffect, _ order: OrderSnapshot) -> Bool {
    guard effect.deed.isAboutAParcel, let parcel = order.shipment else { return false }
    return effect.requestKey
      != effect.deed.requestKey(
        of: order.orderID, generation: parcel.generation, requestID: parcel.requestID)
  }
}
