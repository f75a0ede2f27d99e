import Kit
import XML

/// A message of the carrier's error envelope.
struct CarrierMessage: Sendable {
  let code: String
  let text: String
}

/// The carrier's business rules: what the schema lets through and the back end refuses with 400.
enum CarrierRules {
  private static let domestic: Set<String> = [
    "DOM.RP", "DOM.EP", "DOM.XP", "DOM.XP.CERT", "DOM.PC", "DOM.LIB",
  ]
  private static let usa: Set<String> = [
    "USA.EP", "USA.XP", "USA.TP", "USA.TP.LVM", "USA.SP.AIR", "USA.PW.ENV", "USA.PW.PAK",
    "USA.PW.PARCEL",
  ]
  private static let international: Set<String> = [
    "INT.XP", "INT.TP", "INT.IP.AIR", "INT.IP.SURF", "INT.SP.AIR", "INT.SP.SURF", "INT.PW.ENV",
    "INT.PW.PAK", "INT.PW.PARCEL",
  ]
  private static let conflicts: [(String, String)] = [
    ("SO", "LAD"), ("COD", "D2PO"), ("COD", "LAD"), ("HFP", "D2PO"), ("DNS", "D2PO"),
    ("LAD", "D2PO"), ("DNS", "LAD"),
  ]

  static func problems(
    _ root: XMLElement, isContract: Bool, settings: SandboxSettings
  ) -> [CarrierMessage] {
    guard let delivery = root.first("delivery-spec") else { return [] }
    var found: [CarrierMessage] = []
    func refuse(_ code: String, _ text: String) {
      found.append(CarrierMessage(code: code, text: text))
    }
    let address = delivery.path("destination", "address-details")
    func has(_ name: String) -> Bool { !(address?.first(name)?.text.isEmpty ?? true) }
    let country = address?.first("country-code")?.text.uppercased() ?? ""
    if country == "CA" {
      if !has("address-line-1") { refuse("1156", "Destination address line 1 is mandatory.") }
      if !has("city") { refuse("1157", "Destination city is mandatory.") }
      if !has("prov-state") { refuse("1159", "Destination province is mandatory.") }
      let postal = address?.first("postal-zip-code")?.text ?? ""
      if !TextRule.isPostalCode(postal.filter { $0 != " " }.uppercased()) {
        refuse("1160", "Destination postal code is invalid.")
      }
    }
    for (code, text) in service(delivery.first("service-code")?.text ?? "", country) {
      refuse(code, text)
    }
    for (code, text) in options(delivery, country) { refuse(code, text) }
    if isContract {
      for (code, text) in contract(root, delivery, settings) { refuse(code, text) }
    } else {
      let parcel = delivery.first("parcel-characteristics")
      let isDocument = ["true", "1"].contains(parcel?.first("document")?.text ?? "")
      if parcel?.first("dimensions") == nil, !isDocument {
        refuse("9162", "Dimensions are mandatory when the item is not a document.")
      }
    }
    return found
  }

  private static func service(_ code: String, _ country: String) -> [(String, String)] {
    let group: Set<String>
    switch country {
    case "CA": group = domestic
    case "US": group = usa
    default: group = international
    }
    if group.contains(code) { return [] }
    return domestic.union(usa).union(international).contains(code)
      ? [("3000", "The service \(code) is not available for the destination.")]
      : [("10028", "The service code \(code) is unknown.")]
  }

  private static func options(_ delivery: XMLElement, _ country: String) -> [(String, String)] {
    let codes = Set(
      delivery.first("options")?.all("option").compactMap { $0.first("option-code")?.text } ?? [])
    var found: [(String, String)] = []
    for (one, other) in conflicts where codes.contains(one) && codes.contains(other) {
      found.append(("9134", "The options \(one) and \(other) conflict."))
    }
    if country != "CA", codes.isDisjoint(with: ["RASE", "RTS", "ABAN"]) {
      found.append(("8718", "A non-delivery handling option is required."))
    }
    return found
  }

  private static func contract(
    _ root: XMLElement, _ delivery: XMLElement, _ settings: SandboxSettings
  ) -> [(String, String)] {
    var found: [(String, String)] = []
    let point = root.first("requested-shipping-point") != nil
    let pointID = root.first("shipping-point-id") != nil
    if !point, !pointID { found.append(("9186", "A shipping point is required.")) }
    if point, pointID { found.append(("9189", "Only one shipping point may be given.")) }
    if let date = root.first("expected-mailing-date")?.text,
      date < String(settings.now().iso8601.prefix(10))
    {
      found.append(("1622", "The expected mailing date is in the past."))
    }
    let print = delivery.first("print-preferences")
    if print?.first("encoding")?.text == "ZPL", print?.first("output-format")?.text != "4x6" {
      found.append(("9191", "ZPL is available for 4x6 labels only."))
    }
    let settlement = delivery.first("settlement-info")
    let method = settlement?.first("intended-method-of-payment")?.text ?? ""
    if !["Account", "CreditCard", "SupplierAccount"].contains(method) {
      found.append(("1711", "The method of payment is invalid."))
    }
    let contract = settlement?.first("contract-id")?.text
    if contract == nil, method == "Account" {
      found.append(("2506", "The contract number is mandatory."))
    }
    if let contract, Self.number(contract) != Self.number(settings.contractID) {
      found.append(("1702", "The contract number is not linked to the customer number."))
    }
    return found
  }

  /// A number without its leading zeros.
  static func number(_ text: some StringProtocol) -> String {
    String(text.drop { $0 == "0" })
  }
}
