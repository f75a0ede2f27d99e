/// The carrier's numbered messages (contract, section 5). Numbers come with and without zeros in
/// front, and letters with two or three digits: `AA001` is also seen as `AA01`.
enum CanadaPostCodes {
  enum Meaning {
    /// The key is wrong or disabled.
    case credentials
    /// Contract, payment or profile: nothing of the account will work until a person acts.
    case account
    /// This shipment's data are wrong in that field.
    case field(String)
    /// Refused, with nothing in the data to be repaired.
    case refused
    /// Not yet: read again.
    case later
    /// The wish is fulfilled, or too late.
    case done
    case absent
    /// Too much is waiting to be transmitted.
    case full
  }

  private static let meanings: [String: Meaning] = [
    "E2": .credentials, "AA1": .credentials, "AA2": .credentials, "AA3": .credentials,
    "AA4": .credentials, "AA5": .credentials, "AA6": .credentials, "AA7": .credentials,
    "AA8": .credentials, "AA9": .credentials,
    "1653": .account, "1711": .account, "1702": .account, "2500": .account, "2506": .account,
    "2550": .account, "9173": .account, "9174": .account,
    "1162": .refused, "9112": .refused, "9113": .refused, "9114": .refused,
    "1156": .field("destination.address-line-1"), "1157": .field("destination.city"),
    "1159": .field("destination.prov-state"), "1164": .field("options.COD"),
    "2553": .field("options.COD"), "1459": .field("customs.reason-for-export"),
    "1622": .field("expected-mailing-date"), "2700": .field("customs.unit-weight"),
    "3000": .field("service-code"), "10028": .field("service-code"),
    "8534": .field("destination.country-code"), "10033": .field("destination.country-code"),
    "8718": .field("options"), "9105": .field("query"), "9111": .field("parcel-characteristics"),
    "9134": .field("options.D2PO"), "9162": .field("parcel-characteristics.dimensions"),
    "9186": .field("requested-shipping-point"), "9188": .field("requested-shipping-point"),
    "9189": .field("shipping-point-id"), "9191": .field("print-preferences"),
    "9208": .field("print-preferences"), "9196": .field("query"),
    "9150": .later, "9151": .later, "9153": .later, "9154": .later, "9155": .later,
    "7292": .done, "8064": .done, "9122": .done,
    "9108": .full, "9109": .full, "9110": .full,
    "4": .absent,
  ]

  static func meaning(of code: String) -> Meaning? { meanings[plain(code)] }

  static func field(of code: String) -> String? {
    if case .field(let name) = meaning(of: code) { return name }
    return nil
  }

  static func isSame(_ code: String?, _ other: String) -> Bool {
    code.map { plain($0) == other } ?? false
  }

  /// Letters as they are, digits without zeros in front.
  private static func plain(_ code: String) -> String {
    let letters = code.prefix { !$0.isNumber }
    return String(letters + code.dropFirst(letters.count).drop { $0 == "0" })
  }
}
