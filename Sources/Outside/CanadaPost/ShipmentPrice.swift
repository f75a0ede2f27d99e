import XML

/// What a label costs, as decimal text in Canadian dollars.
public struct ShipmentPrice: Sendable, Equatable {
  public var serviceCode: String?
  /// Before options, adjustments and taxes: not what is paid.
  public var base: String?
  public var preTax: String?
  public var gst: String?
  public var pst: String?
  public var hst: String?
  /// What is paid.
  public var due: String?
  /// `YYYY-MM-DD`.
  public var expectedDelivery: String?

  /// A `shipment-price`, or the receipt of a shipment without contract.
  init(_ root: XMLElement) {
    serviceCode = root.text(of: "service-code")
    base = root.text(of: "base-amount")
    preTax = root.text(of: "pre-tax-amount")
    gst = root.text(of: "gst-amount")
    pst = root.text(of: "pst-amount")
    hst = root.text(of: "hst-amount")
    due = root.text(of: "due-amount") ?? root.first("cc-receipt-details")?.text(of: "charge-amount")
    expectedDelivery = root.first("service-standard")?.text(of: "expected-delivery-date")
  }
}
