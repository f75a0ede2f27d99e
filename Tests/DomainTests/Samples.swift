import Kit
import Orders

/// Everything that a marketplace may say, one spelling for each meaning and the absence of one.
let stateNames: [String?] = [
  "STAGING", "WAITING_ACCEPTANCE", "WAITING_DEBIT", "SHIPPING", "SHIPPED", "CANCELED", "REFUSED",
  "INCIDENT_OPEN", nil,
]

let noon = Timestamp(microseconds: 1_750_000_000_000_000)

extension IncomingOrder {
  static func sample(
    _ state: String?, updatedAt: Timestamp? = noon, tracking: String? = nil, digest: [UInt8] = [2],
    problems: [FieldProblem] = []
  ) -> IncomingOrder {
    IncomingOrder(
      orderID: "o1", state: state, updatedAt: updatedAt, placedAt: noon, shipBy: nil,
      currency: "CAD",
      totalPrice: "10.00", hasAddress: true, trackingNumber: tracking, lines: [], raw: [],
      digest: digest, problems: problems)
  }
}

extension OrderSnapshot {
  static func sample(
    _ status: OrderStatus, state: String? = "WAITING_ACCEPTANCE", updatedAt: Timestamp? = noon,
    hasAddress: Bool = true, shipment: ShipmentSnapshot? = nil
  ) -> OrderSnapshot {
    OrderSnapshot(
      orderID: "o1", shopID: "shop", status: status, statusSince: noon,
      parkedReason: status == .parked ? "why" : nil, marketplaceState: state,
      marketplaceUpdatedAt: updatedAt, marketplaceSeenAt: noon, rawDigest: [1],
      hasAddress: hasAddress, shipment: shipment)
  }
}

extension ShipmentSnapshot {
  static func sample(_ status: ShipmentStatus, isTrackingPosted: Bool = false) -> ShipmentSnapshot {
    ShipmentSnapshot(
      status: status, generation: 1, requestID: "r1", trackingPIN: "1",
      isTrackingPosted: isTrackingPosted)
  }
}
