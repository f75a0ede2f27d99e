import CanadaPost
import Kit
import Testing

@Suite("Addresses in the carrier's spelling")
struct AddressTests {
  private func normalized(
    province: String? = "ON", postalCode: String? = "K1P 1J1", country: String? = "CAN",
    name: String? = "Pat", line1: String? = "1 Test St", line2: String? = nil, phone: String? = nil
  ) -> Address {
    .normalized(
      name: name, company: nil, additional: nil, line1: line1, line2: line2, city: "Mocktown",
      province: province, postalCode: postalCode, country: country, phone: phone)
  }

  @Test(
    "provinces by all their names, English and French",
    arguments: [
      ("AB", ["ab", "Alberta", "Alta.", "CA-AB"]),
      ("BC", ["British Columbia", "Colombie-Britannique", "C.-B.", "B.C.", "british  columbia"]),
      ("MB", ["Manitoba", "Man."]),
      ("NB", ["New Brunswick", "Nouveau-Brunswick", "N.-B."]),
      (
        "NL",
        [
          "Newfoundland and Labrador", "Terre-Neuve-et-Labrador", "NF", "Newfoundland",
          "Newfoundland & Labrador",
        ]
      ),
      ("NS", ["Nova Scotia", "Nouvelle-Écosse", "NOUVELLE ECOSSE", "N.-É."]),
      ("NT", ["Northwest Territories", "Territoires du Nord-Ouest", "NWT"]),
      ("NU", ["Nunavut", "nu"]),
      ("ON", ["Ontario", "Ont.", "ontario "]),
      (
        "PE",
        [
          "Prince Edward Island", "Île-du-Prince-Édouard", "P.E.I.", "Î.-P.-É.",
          "île du prince édouard",
        ]
      ),
      ("QC", ["Québec", "Quebec", "QUÉBEC", "PQ", "Que\u{301}bec", "Qc"]),
      ("SK", ["Saskatchewan", "Sask."]),
      ("YT", ["Yukon", "Yukon Territory", "Territoire du Yukon"]),
    ])
  func provinces(code: String, names: [String]) {
    for name in names { #expect(normalized(province: name).province == code, "\(name)") }
  }

  @Test("what is no province stays as it is")
  func noProvince() {
    #expect(normalized(province: "Bavaria").province == "Bavaria")
    #expect(normalized(province: nil).province == "")
  }

  @Test("postal codes are upper case without blanks")
  func postalCodes() {
    for text in ["k1p 1j1", " K1P1J1 ", "k1p-1j1", "K1P\u{00A0}1J1", "K1P\t1J1"] {
      #expect(normalized(postalCode: text).postalCode == "K1P1J1", "\(text)")
    }
  }

  @Test("countries become two letters where they are known")
  func countries() {
    for text in ["CAN", "can", "CA", "Canada", nil, ""] {
      #expect(normalized(country: text).country == "CA")
    }
    #expect(normalized(country: "USA").country == "US")
    #expect(normalized(country: "fr").country == "FR")
    #expect(normalized(country: "Freedonia").country == "Freedonia")
  }

  @Test("control and invisible characters go, blanks collapse, nothing else changes")
  func cleaning() {
    let dirty =
      "\u{FEFF} 12\u{0000} rue\r\n  de l’É\u{200B}glise\u{202E}\u{FFFE} 🏠\u{0085}Ouest\u{7F} "
    #expect(normalized(line1: dirty).line1 == "12 rue de l’Église 🏠 Ouest")
    #expect(normalized(line1: "1 Test St").line1 == "1 Test St")
    #expect(normalized(line1: "\u{0001} \u{200B}").line1 == "")
  }

  @Test("a street in the second line alone moves to the first")
  func lines() {
    let address = normalized(line1: "", line2: "5 Second St")
    #expect(address.line1 == "5 Second St")
    #expect(address.line2 == nil)
  }

  @Test("a long telephone number loses its ornaments, never its digits")
  func phones() {
    #expect(normalized(phone: "+1 (555) 010-0199").phone == "+1 (555) 010-0199")
    #expect(normalized(phone: "+1 (555) 010 - 0199 ext. 12345").phone == "+15550100199ext12345")
  }

  @Test("nothing is cut: a long line stays long and is named with its limit")
  func tooLong() {
    let long = String(repeating: "a", count: 45)
    var request = Samples.minimal
    request.destination = normalized(line1: long)
    #expect(request.destination.line1 == long)
    #expect(
      request.problems(for: Samples.contract) == [
        FieldProblem(
          field: "destination.address-line-1", problem: "45 characters, the carrier takes 44")
      ])
  }
}
