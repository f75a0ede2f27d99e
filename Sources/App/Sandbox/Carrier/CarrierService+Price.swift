import Kit

extension CarrierService {
  func price(_ exchange: Exchange) -> Reply {
    guard let shipment = store.shipment(exchange.call.id), !shipment.isVoided else {
      return CarrierXML.messages(404, [])
    }
    return CarrierXML.document(
      "shipment-price", CarrierXML.shipmentSpace, CarrierXML.shipmentType, priceBody(shipment))
  }

  func inlinePrice(_ shipment: Shipment) -> String {
    "<shipment-price>\(priceBody(shipment))</shipment-price>"
  }

  /// A price that depends on service and weight, with the destination's taxes.
  private func priceBody(_ shipment: Shipment) -> String {
    let (base, gst, hst, fuel) = amounts(shipment)
    let standard = """
      <service-standard><am-delivery>false</am-delivery><guaranteed-delivery>\
      \(shipment.serviceCode != "DOM.RP")</guaranteed-delivery><expected-transmit-time>2\
      </expected-transmit-time></service-standard>
      """
    var body = CarrierXML.element("service-code", shipment.serviceCode)
    body += CarrierXML.element("base-amount", Self.money(base))
    body += "<adjustments><adjustment><adjustment-code>FUELSC</adjustment-code>"
    body +=
      CarrierXML.element("adjustment-amount", Self.money(fuel)) + "</adjustment></adjustments>"
    body += CarrierXML.element("pre-tax-amount", Self.money(base + fuel))
    body += CarrierXML.element("gst-amount", Self.money(gst))
    body += CarrierXML.element("pst-amount", "0.00")
    body += CarrierXML.element("hst-amount", Self.money(hst))
    body += CarrierXML.element("due-amount", Self.money(base + fuel + gst + hst))
    return body + standard + CarrierXML.element("rated-weight", shipment.weight)
  }

  func amounts(_ shipment: Shipment) -> (base: Int, gst: Int, hst: Int, fuel: Int) {
    let rates = ["DOM.RP": 1099, "DOM.EP": 1249, "DOM.XP": 1899, "DOM.PC": 2899]
    let kilograms = Double(shipment.weight) ?? 1
    let base = (rates[shipment.serviceCode] ?? 2499) + Int(kilograms * 85)
    let fuel = base * 9 / 100
    let harmonised = ["ON", "NB", "NL", "NS", "PE"].contains(shipment.province)
    let taxable = base + fuel
    return (base, harmonised ? 0 : taxable * 5 / 100, harmonised ? taxable * 13 / 100 : 0, fuel)
  }

  static func money(_ cents: Int) -> String {
    let rest = cents % 100
    return "\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// What was paid by card; a contract shipment on account has none.
  func receipt(_ exchange: Exchange) -> Reply {
    guard let shipment = store.shipment(exchange.call.id), !shipment.isVoided,
      !shipment.isContract
    else { return CarrierXML.messages(404, []) }
    let (base, gst, hst, fuel) = amounts(shipment)
    let time = shipment.createdAt.iso8601
    let pretax = Self.money(base + fuel)
    var body = CarrierXML.element("final-shipping-point", shipment.shippingPoint)
    body += CarrierXML.element("shipping-point-name", "SANDBOX PO")
    body += CarrierXML.element("shipping-point-id", "0192")
    body += CarrierXML.element("mailed-by-customer", settings.customerNumber)
    body += CarrierXML.element("service-code", shipment.serviceCode)
    body += CarrierXML.element("rated-weight", shipment.weight)
    body += CarrierXML.element("base-amount", Self.money(base))
    body += CarrierXML.element("pre-tax-amount", pretax)
    body += CarrierXML.element("gst-amount", Self.money(gst))
    body += CarrierXML.element("pst-amount", "0.00")
    body += CarrierXML.element("hst-amount", Self.money(hst))
    body += "<adjustments><adjustment><adjustment-code>FUELSC</adjustment-code>"
    body +=
      CarrierXML.element("adjustment-amount", Self.money(fuel)) + "</adjustment></adjustments>"
    body += """
      <cc-receipt-details><merchant-name>Sandbox Post</merchant-name>\
      <merchant-url>sandbox.example</merchant-url><auth-code>00014</auth-code>\
      <auth-timestamp>\(time)</auth-timestamp><card-type>VIS</card-type>\
      <charge-amount>\(Self.money(base + fuel + gst + hst))</charge-amount>\
      <currency>CAD</currency><transaction-type>Sale</transaction-type></cc-receipt-details>\
      <service-standard><am-delivery>false</am-delivery>\
      <guaranteed-delivery>true</guaranteed-delivery>\
      <expected-transit-time>2</expected-transit-time>\
      <expected-delivery-date>\(String(time.prefix(10)))</expected-delivery-date>\
      </service-standard>
      """
    return CarrierXML.document(
      "non-contract-shipment-receipt", CarrierXML.nonContractSpace, CarrierXML.nonContractType,
      body)
  }
}
