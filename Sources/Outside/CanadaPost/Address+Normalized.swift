extension Address {
  /// Addresses as people and marketplaces write them, in the carrier's spelling.
  ///
  /// Nothing is shortened: what is too long stays too long, and `ShipmentRequest.problems` says so.
  /// What is no province, postal code or country that we know stays as it is, for the same reason.
  public static func normalized(
    name: String?, company: String?, additional: String?, line1: String?, line2: String?,
    city: String?, province: String?, postalCode: String?, country: String?, phone: String?,
    email: String? = nil
  ) -> Address {
    var lines = (first: clean(line1), second: clean(line2))
    if lines.first == nil { lines = (lines.second, nil) }
    return Address(
      name: clean(name) ?? "", company: clean(company) ?? "", additional: clean(additional),
      line1: lines.first ?? "", line2: lines.second, city: clean(city) ?? "",
      province: Province.code(clean(province) ?? ""), postalCode: postal(clean(postalCode) ?? ""),
      country: countryCode(clean(country) ?? "CA"), phone: clean(phone).map(shorter),
      email: clean(email))
  }

  /// Control and format characters out, white space collapsed; `nil` when nothing is left.
  static func clean(_ text: String?) -> String? {
    guard let text, !text.isEmpty else { return nil }
    if isClean(text) { return text }
    var out = String.UnicodeScalarView()
    var owesBlank = false
    for scalar in text.unicodeScalars {
      // Printable ASCII, and Latin letters with their accents, need no look into the tables.
      if (33...126).contains(scalar.value) || (0xC0...0x24F).contains(scalar.value) {
        if owesBlank { out.append(" ") }
        owesBlank = false
        out.append(scalar)
        continue
      }
      if scalar == " " || scalar.properties.isWhitespace {
        owesBlank = !out.isEmpty
        continue
      }
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate: continue
      default: break
      }
      // XML 1.0 cannot carry these.
      if scalar.value & 0xFFFE == 0xFFFE { continue }
      if owesBlank { out.append(" ") }
      owesBlank = false
      out.append(scalar)
    }
    return out.isEmpty ? nil : String(out)
  }

  /// Printable ASCII with single blanks inside: nearly all addresses.
  private static func isClean(_ text: String) -> Bool {
    var last: UInt8 = 32
    for byte in text.utf8 {
      guard (33...126).contains(byte) || (byte == 32 && last != 32) else { return false }
      last = byte
    }
    return last != 32
  }

  private static func postal(_ text: String) -> String {
    let bytes = text.utf8.filter { $0 != 32 && $0 != UInt8(ascii: "-") }
    return String(decoding: bytes, as: UTF8.self).uppercased()
  }

  /// A long telephone number without its ornaments says the same.
  private static func shorter(_ phone: String) -> String {
    guard phone.unicodeScalars.count > FieldCheck.phoneMax else { return phone }
    return phone.filter { !" -.()/".contains($0) }
  }

  private static func countryCode(_ country: String) -> String {
    let upper = country.uppercased()
    return switch upper {
    case "CA", "CAN", "CANADA", "124": "CA"
    case "US", "USA", "UNITED STATES", "UNITED STATES OF AMERICA", "ÉTATS-UNIS": "US"
    default: upper.utf8.count == 2 ? upper : country
    }
  }
}
