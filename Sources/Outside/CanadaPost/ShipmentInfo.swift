package import Kit
import XML

/// What the carrier says of a shipment: at its creation, or when it is read again.
public struct ShipmentInfo: Sendable, Equatable {
  public var shipmentID: String
  /// `created`, `transmitted`, ...; unknown values are kept. Absent for accounts without contract.
  public var status: String?
  /// May be absent.
  public var trackingPIN: String?
  public var returnTrackingPIN: String?
  /// The echo of ours.
  public var requestID: String?
  public var poNumber: String?
  public var price: ShipmentPrice?
  public var links: [CarrierLink]

  /// The first link of that relation.
  public func link(_ rel: String) -> CarrierLink? { links.first { $0.rel == rel } }

  /// All pages of the label, in their order.
  public var labels: [CarrierLink] {
    links.filter { $0.rel == "label" }.sorted { ($0.index ?? 0) < ($1.index ?? 0) }
  }

  /// - Throws: `OutsideError` when it names no shipment; for a purchase that is an unknown outcome.
  package static func decode(
    _ body: [UInt8], _ call: CanadaPostErrors.Call = .read
  ) throws(OutsideError) -> ShipmentInfo {
    try ShipmentInfo(try CanadaPostErrors.xml(body, call), call)
  }

  init(_ root: XMLElement, _ call: CanadaPostErrors.Call) throws(OutsideError) {
    guard root.localName.hasSuffix("shipment-info"), let id = root.text(of: "shipment-id") else {
      throw CanadaPostErrors.unreadable("no shipment-id in '\(root.localName)'", call)
    }
    shipmentID = id
    status = root.text(of: "shipment-status")
    trackingPIN = root.text(of: "tracking-pin")
    returnTrackingPIN = root.text(of: "return-tracking-pin")
    requestID = root.text(of: "customer-request-id")
    poNumber = root.text(of: "po-number")
    price = root.first("shipment-price").map(ShipmentPrice.init)
    links = (root.first("links")?.children ?? []).compactMap(CarrierLink.init)
  }
}
