import Kit
import Orders
import Testing

@Suite("The cycle's next deed")
struct OrderFlowTests {
  static let shipments: [ShipmentSnapshot?] =
    [nil] + pairs(ShipmentStatus.allCases, [false, true]).map { .sample($0, isTrackingPosted: $1) }

  /// The whole cycle in one breath, written another way than the product does.
  static func expected(_ order: OrderSnapshot) -> Deed? {
    let canShip = order.state == .shipping && order.hasAddress
    switch (order.status, order.shipment?.status, order.shipment?.isTrackingPosted) {
    case (.pendingAcceptance, _, _): return order.state == .waitingAcceptance ? .acceptOrder : nil
    case (.accepted, nil, _), (.accepted, .labelCreationInitiated, _):
      return canShip ? .buyLabel : nil
    case (.accepted, .labelBought, _): return .fetchLabel
    case (.labelCreated, .labelCreated, false): return .postTracking
    case (.labelCreated, .labelCreated, true): return .markShipped
    case (.cancelled, .labelBought, _), (.cancelled, .labelCreated, _),
      (.cancelled, .trackingUpdated, _):
      return .voidLabel
    default: return nil
    }
  }

  @Test("for every status, state, address and parcel", arguments: OrderStatus.allCases)
  func everything(status: OrderStatus) {
    for (state, shipment) in pairs(stateNames, Self.shipments) {
      for hasAddress in [false, true] {
        let order = OrderSnapshot.sample(
          status, state: state, hasAddress: hasAddress, shipment: shipment)
        #expect(OrderFlow.nextDeed(for: order) == Self.expected(order), "\(order)")
      }
    }
  }

  @Test("from the first sight to shipped, each deed leads to the next")
  func story() {
    var order = OrderSnapshot.sample(.pendingAcceptance)
    #expect(OrderFlow.nextDeed(for: order) == .acceptOrder)
    order.status = .accepted
    order.marketplaceState = "WAITING_DEBIT_PAYMENT"
    #expect(OrderFlow.nextDeed(for: order) == nil)
    order.marketplaceState = "SHIPPING"
    #expect(OrderFlow.nextDeed(for: order) == .buyLabel)
    order.shipment = .sample(.labelBought)
    #expect(OrderFlow.nextDeed(for: order) == .fetchLabel)
    order.shipment?.status = .labelCreated
    order.status = .labelCreated
    #expect(OrderFlow.nextDeed(for: order) == .postTracking)
    order.shipment?.isTrackingPosted = true
    #expect(OrderFlow.nextDeed(for: order) == .markShipped)
    order.shipment?.status = .trackingUpdated
    order.status = .shipped
    #expect(OrderFlow.nextDeed(for: order) == nil)
  }
}
