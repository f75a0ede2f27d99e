import Effects
import Ledger
import Orders

extension CycleDecisions {
  /// What a person has to put right though all went well outside: the order is shipped, and its label
  /// does not go with that.
  ///
  /// - Parameter order: as it was before the report.
  func question(of report: Report, _ deed: Deed, _ order: OrderSnapshot) -> String? {
    guard let parcel = order.shipment, !report.step.asksAPerson else { return nil }
    for finding in report.findings {
      switch finding {
      case .bought(let purchase):
        guard deed == .buyLabel, order.status == .shipped,
          parcel.status == .labelCreationInitiated || parcel.status == .labelBought
        else { continue }
        return purchase.asSurplus
      case .shippedAndSeen:
        // Of one that is still on its way out the void will tell.
        guard parcel.status == .voided || parcel.status == .refundRequested else { continue }
        return Self.goneLabel(parcel)
      case .voided:
        guard order.status == .shipped, parcel.isTrackingPosted, parcel.status != .voided
        else { continue }
        return Self.goneLabel(parcel)
      case .refundAsked:
        guard order.status == .shipped, parcel.isTrackingPosted,
          parcel.status != .refundRequested
        else { continue }
        return Self.goneLabel(parcel)
      case .orderSeen, .acceptAnswered, .labelStored, .pinLearned, .trackingPosted, .refundNeeded,
        .offers, .messageSeen:
        continue
      }
    }
    return nil
  }

  private static func goneLabel(_ parcel: ShipmentSnapshot) -> String {
    """
    shipped with tracking \(parcel.trackingPIN ?? "that nobody knows"), but that label was taken back: \
    give the customer the number of the parcel that really goes, then retry
    """
  }
}

extension Finding.Purchase {
  /// The question that it is when its order was shipped without it.
  var asSurplus: String {
    "label \(carrierID) was bought, but the order was shipped without it: void it, then retry"
  }
}

extension Step {
  fileprivate var asksAPerson: Bool {
    switch self {
    case .refused, .ask: true
    case .done, .verify, .again, .lost, .lookAgain, .pointless, .released, .held: false
    }
  }
}
