package import Kit
import XML

/// What a shipment was made from: proves that a found one is ours.
public struct ShipmentDetails: Sendable, Equatable {
  /// Ours; without contract it comes back as the second reference.
  public var requestID: String?
  public var trackingPIN: String?
  public var status: String?
  public var destinationPostalCode: String?
  public var serviceCode: String?
  public var customerRef1: String?
  public var customerRef2: String?
  public var groupID: String?
  /// Paid: too late to void.
  public var isTransmitted: Bool
  /// A refund was asked for.
  public var refundTicket: RefundTicket?

  /// - Throws: `OutsideError` (transient) when it holds no details.
  package static func decode(_ body: [UInt8]) throws(OutsideError) -> ShipmentDetails {
    let root = try CanadaPostErrors.xml(body, .read)
    guard root.localName.hasSuffix("shipment-details") else {
      throw CanadaPostErrors.unreadable("'\(root.localName)' instead of details", .read)
    }
    return ShipmentDetails(root)
  }

  init(_ root: XMLElement) {
    let isContract = root.localName == "shipment-details"
    let detail = root.first("shipment-detail") ?? root
    let spec = detail.first("delivery-spec")
    let references = spec?.first("references")
    customerRef1 = references?.text(of: "customer-ref-1")
    customerRef2 = references?.text(of: "customer-ref-2")
    requestID = root.text(of: "customer-request-id")
    if requestID == nil, !isContract, let second = customerRef2,
      CanadaPostClient.isRequestID(second)
    {
      requestID = second
    }
    trackingPIN = root.text(of: "tracking-pin")
    status = root.text(of: "shipment-status")
    destinationPostalCode =
      spec?.path("destination", "address-details")?.text(of: "postal-zip-code")
    serviceCode = spec?.text(of: "service-code")
    groupID = detail.text(of: "group-id")
    isTransmitted =
      !isContract || status == "transmitted" || detail.text(of: "transmit-shipment") == "true"
    refundTicket = detail.first("refund-request-info").map(RefundTicket.init)
  }
}
