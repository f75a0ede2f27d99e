public import Kit
import XML

/// Groups to be paid and handed over. Transmitting bills: a lost answer is never sent again.
public struct TransmitRequest: Sendable, Equatable {
  public var groupIDs: [String]
  /// `Account`, `CreditCard`, `SupplierAccount`.
  public var methodOfPayment: String
  /// Company, phone and Canadian address on the manifest.
  public var address: Address
  public var isDetailed = false
  public var isPickedUp = false
  public var shippingPointID: String?
  /// At most 12 characters.
  public var reference: String?
  public var excludedShipments: [String] = []

  public init(groupIDs: [String], methodOfPayment: String, address: Address) {
    self.groupIDs = groupIDs
    self.methodOfPayment = methodOfPayment
    self.address = address
  }

  /// What the carrier's schema would refuse.
  public func problems() -> [FieldProblem] {
    var check = FieldCheck()
    if groupIDs.isEmpty { check.add("group-ids", "missing") }
    for id in groupIDs { check.text("group-id", id, 1...32) }
    check.text("shipping-point-id", shippingPointID, 0...4)
    check.text("method-of-payment", methodOfPayment, 1...15)
    check.text("manifest-company", address.company, 1...44)
    check.text("manifest-name", address.name, 0...44)
    check.text("phone-number", address.phone, 1...FieldCheck.phoneMax)
    check.address("manifest-address", address)
    check.text("customer-reference", reference, 0...12)
    for id in excludedShipments { check.text("shipment-id", id, 1...32) }
    return check.problems
  }

  /// In document order.
  package var xml: [UInt8] {
    XMLWriter.document(root: "transmit-set", namespace: CarrierMedia.manifestNamespace) { w in
      w.element("group-ids") { w in for id in groupIDs { w.element("group-id", id) } }
      if isPickedUp { w.element("cpc-pickup-indicator", "true") }
      if let shippingPointID {
        w.element("shipping-point-id", shippingPointID)
      } else {
        w.element("requested-shipping-point", address.postalCode)
      }
      w.element("detailed-manifests", String(isDetailed))
      w.element("method-of-payment", methodOfPayment)
      w.element("manifest-address") { w in
        w.element("manifest-company", address.company)
        w.optional("manifest-name", address.name.isEmpty ? nil : address.name)
        w.optional("phone-number", address.phone)
        w.element("address-details") { w in
          w.element("address-line-1", address.line1)
          w.optional("address-line-2", address.line2)
          w.element("city", address.city)
          w.element("prov-state", address.province)
          w.element("country-code", address.country)
          w.element("postal-zip-code", address.postalCode)
        }
      }
      w.optional("customer-reference", reference)
      if !excludedShipments.isEmpty {
        w.element("excluded-shipments") { w in
          for id in excludedShipments { w.element("shipment-id", id) }
        }
      }
    }
  }
}
