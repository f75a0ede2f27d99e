/// Canada's provinces and territories by all the names that people and marketplaces use.
enum Province {
  static let codes: Set<String> = [
    "AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT",
  ]

  /// Letters only, upper case, without accents.
  private static let names: [String: String] = [
    "ALBERTA": "AB", "ALTA": "AB", "ALB": "AB",
    "BRITISHCOLUMBIA": "BC", "COLOMBIEBRITANNIQUE": "BC", "CB": "BC",
    "MANITOBA": "MB", "MAN": "MB",
    "NEWBRUNSWICK": "NB", "NOUVEAUBRUNSWICK": "NB",
    "NEWFOUNDLANDANDLABRADOR": "NL", "NEWFOUNDLANDLABRADOR": "NL", "NEWFOUNDLAND": "NL",
    "LABRADOR": "NL", "TERRENEUVEETLABRADOR": "NL", "TERRENEUVELABRADOR": "NL",
    "TERRENEUVE": "NL", "NF": "NL", "NFLD": "NL", "TNL": "NL",
    "NOVASCOTIA": "NS", "NOUVELLEECOSSE": "NS", "NE": "NS",
    "NORTHWESTTERRITORIES": "NT", "NORTHWESTTERRITORY": "NT", "NWT": "NT",
    "TERRITOIRESDUNORDOUEST": "NT", "TNO": "NT",
    "NUNAVUT": "NU", "NVT": "NU",
    "ONTARIO": "ON", "ONT": "ON",
    "PRINCEEDWARDISLAND": "PE", "ILEDUPRINCEEDOUARD": "PE", "PEI": "PE", "IPE": "PE",
    "QUEBEC": "QC", "QUE": "QC", "PQ": "QC",
    "SASKATCHEWAN": "SK", "SASK": "SK",
    "YUKON": "YT", "YUKONTERRITORY": "YT", "TERRITOIREDUYUKON": "YT", "YK": "YT",
  ]

  /// What is no province stays as it is.
  static func code(_ text: String) -> String {
    if codes.contains(text) { return text }
    var key = folded(text)
    if codes.contains(key) { return key }
    // ISO 3166-2, `CA-ON`.
    if key.utf8.count == 4, key.hasPrefix("CA") { key.removeFirst(2) }
    if codes.contains(key) { return key }
    return names[key] ?? text
  }

  /// A to Z only: accents, blanks, dots and hyphens are written in every way.
  private static func folded(_ text: String) -> String {
    var out: [UInt8] = []
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x41...0x5A: out.append(UInt8(scalar.value))
      case 0x61...0x7A: out.append(UInt8(scalar.value - 32))
      case 0xC0...0xC5, 0xE0...0xE5: out.append(UInt8(ascii: "A"))
      case 0xC7, 0xE7: out.append(UInt8(ascii: "C"))
      case 0xC8...0xCB, 0xE8...0xEB: out.append(UInt8(ascii: "E"))
      case 0xCC...0xCF, 0xEC...0xEF: out.append(UInt8(ascii: "I"))
      case 0xD2...0xD6, 0xF2...0xF6: out.append(UInt8(ascii: "O"))
      case 0xD9...0xDC, 0xF9...0xFC: out.append(UInt8(ascii: "U"))
      default: continue
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
