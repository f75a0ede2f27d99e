import CanadaPost
import Kit

/// Invented shipments.
enum Samples {
  static let contract = CanadaPostAccount.Kind.contract(
    contractID: "0099887766", methodOfPayment: "Account")

  static let sender = Address(
    name: "", company: "Example Widgets", line1: "9 Sample Road", city: "Exampleville",
    province: "NL", postalCode: "A1B2C3", phone: "555-010-0199")

  static let destination = Address(
    name: "Pat Placeholder", company: "", line1: "77 Test Crescent", city: "Mocktown",
    province: "SK", postalCode: "S9X8Y7")

  static let minimal = ShipmentRequest(
    requestID: CanadaPostClient.requestID(account: "900001", orderID: "ORD-1-A", parcel: 1),
    groupID: nil, serviceCode: "DOM.EP", sender: sender, destination: destination,
    parcel: Parcel(weightGrams: 1_250, lengthMM: 80, widthMM: 310, heightMM: 225),
    customerRef1: "ORD-1-A")

  /// Everything that can be said, at its longest.
  static let maximal: ShipmentRequest = {
    func long(_ count: Int) -> String { String(repeating: "é", count: count) }
    var request = minimal
    request.requestID = String(repeating: "R", count: 35)
    request.groupID = String(repeating: "G", count: 32)
    request.sender.name = long(44)
    request.sender.company = long(44)
    request.sender.phone = "+1 (555) 010-0199 x 12345"
    request.sender.line2 = long(44)
    request.destination = Address(
      name: long(44), company: long(44), additional: long(44), line1: long(44), line2: long(44),
      city: long(40), province: "QC", postalCode: "H2X1Y4", phone: "1234567890123456789012345")
    request.parcel = Parcel(weightGrams: 30_000, lengthMM: 2_000, widthMM: 250, heightMM: 250)
    request.parcel.isMailingTube = true
    request.parcel.isUnpackaged = true
    request.options = [
      ShipmentOption(code: "DC"), ShipmentOption(code: "SO", qualifier1: true),
      ShipmentOption(code: "COV", amount: "999999.99"),
      ShipmentOption(code: "D2PO", qualifier2: "123456789012"),
    ]
    request.notification = ShipmentNotification(
      email: "o'pat_1+x@mail.example.com", onShipment: true, onException: false, onDelivery: true)
    request.costCentre = long(30)
    request.customerRef1 = String(repeating: "1", count: 35)
    request.customerRef2 = String(repeating: "2", count: 35)
    request.promoCode = "PROMO12345"
    request.isPickedUp = true
    request.mailingDate = "2031-05-06"
    request.wantsPrice = true
    request.showsPackingInstructions = true
    return request
  }()

  static let french: ShipmentRequest = {
    var request = minimal
    request.destination = Address.normalized(
      name: "Zoé  Côté-Lefèbvre", company: "Bœuf & Fils <\"Ltée\">", additional: "Unité 5\u{0007}",
      line1: "1234½, rue de l’Église\tOuest", line2: "", city: "Trois-Rivières",
      province: "Québec", postalCode: "g9a 5h7", country: "CAN", phone: "555 010-0144")
    return request
  }()

  static func info(
    requestID: String? = nil, pin: String? = "7000000000000017", user: String = "demo-user",
    host: String = "https://ct.soa-gw.canadapost.ca", namespace: String = "shipment-v8"
  ) -> String {
    let echo = requestID.map { "<customer-request-id>\($0)</customer-request-id>" } ?? ""
    let number = pin.map { "<tracking-pin>\($0)</tracking-pin>" } ?? ""
    let own = "\(host)/rs/0000900001/0000900001/shipment/700000000000000042"
    return """
      <shipment-info xmlns="http://www.canadapost.ca/ws/\(namespace)">\(echo)
        <shipment-id>700000000000000042</shipment-id>
        <shipment-status>created</shipment-status>\(number)
        <links>
          <link rel="self" href="\(own)" media-type="application/vnd.cpc.shipment-v8+xml"/>
          <link rel="details" href="\(own)/details" media-type="application/x"/>
          <link rel="label" href="\(host)/rs/artifact/\(user)/8800001/1"
            media-type="application/pdf" index="1"/>
          <link rel="label" href="\(host)/rs/artifact/\(user)/8800001/0"
            media-type="application/pdf" index="0"/>
        </links>
      </shipment-info>
      """
  }

  static func messages(_ pairs: (String, String)...) -> String {
    let inside = pairs.map {
      "<message><code>\($0.0)</code><description>\($0.1)</description></message>"
    }
    return "<messages xmlns=\"http://www.canadapost.ca/ws/messages\">\(inside.joined())</messages>"
  }
}
