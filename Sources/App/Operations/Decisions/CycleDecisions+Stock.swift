import Ledger
import Orders
import Stock

/// What an order means for the parts on the shelf, and what the shop's policy says to it.
extension CycleDecisions {
  func objection(
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
  mutating func follow(_ objection: OrderIntake.Objection?, on order: OrderSnapshot) {
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

  mutating func settleParts(of order: OrderSnapshot, at status: OrderStatus) {
    guard order.hasParts else { return }
    switch status {
    case .shipped: changes.stock.shipped.append(order.orderID)
    case .cancelled: changes.stock.released.append(order.orderID)
    case .received, .parked, .pendingAcceptance, .accepted, .acceptanceFailed, .labelCreated: break
    }
  }

  func heldSKUs(of incoming: IncomingOrder, shopID: String) -> [String] {
    switch shops[shopID]?.unknownSKUs ?? .auto {
    case .accept: return []
    case .auto where !locked.hasCatalogue: return []
    case .refuse: return []
    case .auto, .hold:
      return incoming.lines.compactMap(\.sku).filter(locked.unmappedSKUs.contains)
    }
  }
}
