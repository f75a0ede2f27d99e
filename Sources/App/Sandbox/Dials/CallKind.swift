/// The calls that a dial can name. Raw values are the names in `PUT /control/dials`.
///
/// A rule for `orders` also covers `read_back` (OR11 with `order_ids`); `mirakl` and `canada_post`
/// cover a whole service and `*` everything.
enum CallKind: String, Sendable, CaseIterable {
  case orders
  case readBack = "read_back"
  case accept, tracking, ship, cancel, carriers, account, version, platform
  case createShipment = "create_shipment"
  case findShipments = "find_shipments"
  case shipment, details, price, receipt, artifact, void, refund, groups, transmit, manifests
  case manifest, track
  /// A path that neither service knows.
  case unknown

  var isMarketplace: Bool {
    switch self {
    case .orders, .readBack, .accept, .tracking, .ship, .cancel, .carriers, .account, .version,
      .platform:
      true
    case .createShipment, .findShipments, .shipment, .details, .price, .receipt, .artifact, .void,
      .refund, .groups, .transmit, .manifests, .manifest, .track, .unknown:
      false
    }
  }

  func isCovered(by name: String) -> Bool {
    if name == rawValue || name == "*" { return true }
    switch name {
    case "orders": return self == .readBack
    case "mirakl": return isMarketplace
    case "canada_post": return !isMarketplace && self != .unknown
    default: return false
    }
  }

  static func isKnown(_ name: String) -> Bool {
    CallKind(rawValue: name) != nil || ["*", "mirakl", "canada_post"].contains(name)
  }
}
