/// A Canadian address in the carrier's terms.
public struct Address: Sendable, Equatable {
  public var name: String
  public var company: String
  public var additional: String?
  public var line1: String
  public var line2: String?
  public var city: String
  /// Two letters.
  public var province: String
  /// Upper case, no blank.
  public var postalCode: String
  /// Alpha-2.
  public var country: String
  public var phone: String?
  public var email: String?

  public init(
    name: String, company: String, additional: String? = nil, line1: String, line2: String? = nil,
    city: String, province: String, postalCode: String, country: String = "CA",
    phone: String? = nil, email: String? = nil
  ) {
    self.name = name
    self.company = company
    self.additional = additional
    self.line1 = line1
    self.line2 = line2
    self.city = city
    self.province = province
    self.postalCode = postalCode
    self.country = country
    self.phone = phone
    self.email = email
  }

  /// As people and marketplaces write addresses, in the carrier's spelling. Nothing is shortened:
  /// what is too long stays too long, and `ShipmentRequest.problems` says so.
  public static func normalized(
    name: String?, company: String?, additional: String?, line1: String?, line2: String?,
    city: String?, province: String?, postalCode: String?, country: String?, phone: String?,
    email: String? = nil
  ) -> Address {
    Address(
      name: clean(name) ?? "", company: clean(company) ?? "", additional: clean(additional),
      line1: clean(line1) ?? "", line2: clean(line2), city: clean(city) ?? "",
      province: Province.code(clean(province) ?? ""),
      postalCode: (clean(postalCode) ?? "").uppercased().filter { $0 != " " && $0 != "-" },
      country: countryCode(clean(country) ?? "CA"), phone: clean(phone), email: clean(email))
  }

  /// Control characters out, white space collapsed; `nil` when nothing is left.
  private static func clean(_ text: String?) -> String? {
    guard let text else { return nil }
    let words = text.unicodeScalars
      .map { $0.properties.generalCategory == .control ? " " : $0 }
      .split(whereSeparator: { $0.properties.isWhitespace })
    let cleaned = words.map { word in
      var view = String.UnicodeScalarView()
      view.append(contentsOf: word)
      return String(view)
    }.joined(separator: " ")
    return cleaned.isEmpty ? nil : cleaned
  }

  private static func countryCode(_ country: String) -> String {
    switch country.uppercased() {
    case "CAN", "CA", "CANADA": "CA"
    case "USA", "US", "UNITED STATES": "US"
    default: country.count == 2 ? country.uppercased() : country
    }
  }
}

/// Canada's provinces and territories by all the names that marketplaces use.
enum Province {
  static let codes: Set<String> = [
    "AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT",
  ]

  private static let names: [String: String] = [
    "ALBERTA": "AB", "BRITISH COLUMBIA": "BC", "COLOMBIE-BRITANNIQUE": "BC", "MANITOBA": "MB",
    "NEW BRUNSWICK": "NB", "NOUVEAU-BRUNSWICK": "NB", "NEWFOUNDLAND AND LABRADOR": "NL",
    "NEWFOUNDLAND": "NL", "TERRE-NEUVE-ET-LABRADOR": "NL", "NF": "NL", "NOVA SCOTIA": "NS",
    "NOUVELLE-ÉCOSSE": "NS", "NOUVELLE-ECOSSE": "NS", "NORTHWEST TERRITORIES": "NT",
    "TERRITOIRES DU NORD-OUEST": "NT", "NUNAVUT": "NU", "ONTARIO": "ON",
    "PRINCE EDWARD ISLAND": "PE", "ÎLE-DU-PRINCE-ÉDOUARD": "PE", "ILE-DU-PRINCE-EDOUARD": "PE",
    "PEI": "PE", "QUEBEC": "QC", "QUÉBEC": "QC", "PQ": "QC", "SASKATCHEWAN": "SK", "YUKON": "YT",
    "YUKON TERRITORY": "YT",
  ]

  /// What is no province stays as it is.
  static func code(_ text: String) -> String {
    let upper = text.uppercased()
    if codes.contains(upper) { return upper }
    if upper.hasPrefix("CA-"), codes.contains(String(upper.dropFirst(3))) {
      return String(upper.dropFirst(3))
    }
    return names[upper] ?? text
  }
}
