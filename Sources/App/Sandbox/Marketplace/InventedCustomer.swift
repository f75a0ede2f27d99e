import Kit

/// A customer with an address in Canada who does not exist.
struct InventedCustomer {
  var first: String
  var last: String
  var street: String
  var street2: String?
  var extra: String?
  var company: String?
  var city: String
  var province: String
  var postalCode: String
  var phone: String?
  var locale = "en_CA"

  private static let english: [(String, String, String, String, String, String)] = [
    ("Robin", "Example", "77 Test Crescent", "Saskatoon", "SK", "S7K 1M5"),
    ("Sam", "Sampleton", "1200 Fictional Avenue NW", "Calgary", "AB", "T2N 1N4"),
    ("Alex", "Placeholder", "15-340 Mock Street", "Toronto", "ON", "M5V 2T6"),
    ("Jordan", "Invented", "8 Pretend Lane", "Halifax", "NS", "B3H 4R2"),
    ("Casey", "Imaginary", "402 Madeup Road", "Vancouver", "BC", "V6B 1A1"),
    ("Morgan", "Fabricate", "61 Nowhere Drive", "Winnipeg", "MB", "R3C 4A5"),
    ("Taylor", "Notional", "9 Harbour Street", "St. John's", "NL", "A1C 5M2"),
    ("Jamie", "Specimen", "230 Model Way", "Whitehorse", "YT", "Y1A 2C6"),
  ]
  private static let french: [(String, String, String, String, String, String)] = [
    (
      "Éloïse", "Bélanger-Côté", "1455, boul. René-Lévesque Ouest, app. 12", "Montréal", "QC",
      "H3G 1T4"
    ),
    ("François", "L'Heureux", "32, rue de l'Église", "Trois-Rivières", "QC", "G9A 5H7"),
    ("Zoé", "Gaëtan", "7, chemin du Cap-aux-Œufs", "Baie-Saint-Paul", "QC", "G3Z 1A1"),
  ]
  private static let provinces = [
    "SK": "Saskatchewan", "AB": "Alberta", "ON": "Ontario", "NS": "Nova Scotia",
    "BC": "British Columbia", "MB": "Manitoba", "NL": "Newfoundland and Labrador", "YT": "Yukon",
  ]

  init(number: Int, kind: OrderKind) {
    let table = kind == .french ? Self.french : Self.english
    let row = table[(number * 7 + number / 8) % table.count]
    (first, last, street, city, province, postalCode) = row
    phone = "555-010-\(1000 + number % 9000)"
    if kind == .french { locale = "fr_CA" }
    if number % 3 == 0 { street2 = "" }
    if number % 5 == 0 { postalCode = String(postalCode.filter { $0 != " " }) }
    switch kind {
    case .poBox:
      street = "PO Box \(1000 + number % 900) STN Main"
    case .longAddress:
      first = "Maximiliana Bartholomea"
      last = "Featherstonehaugh-Wi"
      company = Self.padded("Extraordinarily Long Company Name of Canada", 44)
      street = Self.padded("10250-101 Northwest Industrial Park Crescent", 44)
      street2 = Self.padded("Building C, Second Floor, Loading Dock Seven", 44)
      city = Self.padded("Saint-Louis-du-Ha! Ha!-de-Temiscouata-QC", 40)
      extra = Self.padded("Ring twice, then call from the parking lot..", 44)
    case .tooLongAddress:
      street = "10250-101 The Street Whose Name Was Never Meant To Fit On Any Label At All"
    case .noPhone:
      phone = nil
    case .provinceName:
      province = Self.provinces[province] ?? province
    default: break
    }
  }

  private static func padded(_ text: String, _ length: Int) -> String {
    text.count >= length
      ? String(text.prefix(length)) : text + String(repeating: "x", count: length - text.count)
  }

  /// The address as OR11 writes it.
  func address(isShipping: Bool) -> JSON {
    var members: [(String, JSON)] = [("city", .string(city)), ("civility", .null)]
    members.append(("company", company.map(JSON.string) ?? .null))
    members.append(("country", .string("Canada")))
    members.append(("country_iso_code", .string("CAN")))
    members.append(("firstname", .string(first)))
    members.append(("lastname", .string(last)))
    if let phone { members.append(("phone", .string(phone))) }
    members.append(("state", .string(province)))
    members.append(("street_1", .string(street)))
    members.append(("street_2", street2.map(JSON.string) ?? .null))
    members.append(("zip_code", .string(postalCode)))
    if isShipping { members.append(("additional_info", extra.map(JSON.string) ?? .null)) }
    return .object(members)
  }
}
