import Kit
import XML

public struct CarrierLink: Sendable, Equatable {
  public var rel: String
  public var href: String
  public var mediaType: String
}

/// What the carrier says of a shipment: at its creation, or when it is read again.
public struct ShipmentInfo: Sendable {
  public var shipmentID: String
  /// Unknown values are kept as they are; absent for accounts without contract.
  public var status: String?
  /// May be absent.
  public var trackingPIN: String?
  public var requestID: String?
  public var links: [CarrierLink]

  public func link(_ rel: String) -> CarrierLink? { links.first { $0.rel == rel } }

  static func decode(_ body: [UInt8]) throws(OutsideError) -> ShipmentInfo {
    let root = try CanadaPostErrors.xml(body)
    return try ShipmentInfo(root)
  }

  init(_ root: XMLElement) throws(OutsideError) {
    guard let id = root.text(of: "shipment-id") else {
      throw CanadaPostErrors.unreadable("no shipment-id in \(root.localName)")
    }
    shipmentID = id
    status = root.text(of: "shipment-status")
    trackingPIN = root.text(of: "tracking-pin")
    requestID = root.text(of: "customer-request-id")
    links = (root.first("links")?.all("link") ?? []).compactMap { link in
      guard let rel = link["rel"], let href = link["href"] else { return nil }
      return CarrierLink(rel: rel, href: href, mediaType: link["media-type"] ?? "")
    }
  }
}

/// What a shipment was made from: proves that a found one is ours.
public struct ShipmentDetails: Sendable {
  public var requestID: String?
  public var trackingPIN: String?
  public var status: String?
  public var destinationPostalCode: String?
  public var serviceCode: String?
  public var customerRef1: String?

  static func decode(_ body: [UInt8]) throws(OutsideError) -> ShipmentDetails {
    let root = try CanadaPostErrors.xml(body)
    let spec = root.path("shipment-detail", "delivery-spec")
      ?? root.path("non-contract-shipment-detail", "delivery-spec") ?? root.path("delivery-spec")
    return ShipmentDetails(
      requestID: root.text(of: "customer-request-id"), trackingPIN: root.text(of: "tracking-pin"),
      status: root.text(of: "shipment-status"),
      destinationPostalCode: spec?.path("destination", "address-details")?.text(of: "postal-zip-code"),
      serviceCode: spec?.text(of: "service-code"),
      customerRef1: spec?.first("references")?.text(of: "customer-ref-1"))
  }
}

public struct LabelLink: Sendable {
  public var href: String
  public var mediaType: String

  public init(href: String, mediaType: String) {
    self.href = href
    self.mediaType = mediaType
  }
}

public enum Artifact: Sendable {
  case ready([UInt8])
  /// 202: read it again later; it costs nothing.
  case notReady(retryAfter: Duration?)
}

public enum VoidOutcome: Sendable, Equatable {
  case voided
  /// Unknown there: voided before, or expired.
  case alreadyGone
  /// Too late to void: ask for a refund.
  case transmitted
}

public struct RefundTicket: Sendable {
  public var ticketID: String?
  public var date: String?
}
