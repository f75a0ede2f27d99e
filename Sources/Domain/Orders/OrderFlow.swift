import Kit

/// The cycle as one pure function: what should happen next to an order, given all that is known.
///
/// It is asked in every transaction that changed an order, and again by a sweep over open orders, so
/// a step that was never planned (a crash in between, a lost message) is planned later. Planning
/// twice is a no-op: an effect is unique per subject, kind and ordinal.
public enum OrderFlow {
  /// What is planned for an order that a person holds is due after this long: ten years, which is
  /// never. Releasing it makes it due at once.
  public static let heldFor = Duration.hours(24 * 365 * 10)

  /// An order that is held gets nothing new but what an end of it needs: a label that has to go.
  ///
  /// - Parameter shipAfter: the shop's rule for when the marketplace is told of a shipment.
  public static func nextDeed(for order: OrderSnapshot, shipAfter: ShipAfter = .label) -> Deed? {
    if order.isHeld, order.status != .cancelled { return nil }
    switch order.status {
    case .received, .parked, .acceptanceFailed:
      return nil
    case .pendingAcceptance:
      return order.state == .waitingAcceptance ? .acceptOrder : nil
    case .accepted:
      return nextLabelDeed(for: order)
    case .labelCreated:
      guard let shipment = order.shipment, shipment.status == .labelCreated else { return nil }
      switch shipAfter {
      case .packing where !shipment.isPacked: return nil
      case .packing, .label: break
      }
      return shipment.isTrackingPosted ? .markShipped : .postTracking
    case .cancelled:
      return order.shipment?.status.isLive == true ? .voidLabel : nil
    case .shipped:
      return nil
    }
  }

  /// A label is bought only when the marketplace shows SHIPPING and an address: between acceptance
  /// and debit there is none yet (product ruling).
  private static func nextLabelDeed(for order: OrderSnapshot) -> Deed? {
    guard let shipment = order.shipment else {
      return order.state == .shipping && order.hasAddress ? .buyLabel : nil
    }
    switch shipment.status {
    case .labelCreationInitiated:
      return order.state == .shipping && order.hasAddress ? .buyLabel : nil
    case .labelBought: return .fetchLabel
    case .labelCreated, .trackingUpdated, .voidPending, .voided, .refundRequested: return nil
    }
  }
}
