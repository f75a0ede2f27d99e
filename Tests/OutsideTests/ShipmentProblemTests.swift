import CanadaPost
import Kit
import Testing

@Suite("What would be refused is found before money is spent")
struct ShipmentProblemTests {
  private func fields(
    _ kind: CanadaPostAccount.Kind = Samples.contract,
    _ change: (inout ShipmentRequest) -> Void
  ) -> [String] {
    var request = Samples.minimal
    change(&request)
    return request.problems(for: kind).map(\.field)
  }

  @Test("good shipments have no problems")
  func good() {
    #expect(Samples.minimal.problems(for: Samples.contract) == [])
    #expect(Samples.minimal.problems(for: .nonContract) == [])
    #expect(Samples.french.problems(for: Samples.contract) == [])
  }

  @Test("a character too many in any field is named")
  func lengths() {
    func long(_ count: Int) -> String { String(repeating: "é", count: count + 1) }
    let cases: [(String, (inout ShipmentRequest) -> Void)] = [
      ("customer-request-id", { $0.requestID = long(35) }),
      ("group-id", { $0.groupID = long(32) }),
      ("service-code", { $0.serviceCode = long(32) }),
      ("sender.name", { $0.sender.name = long(44) }),
      ("sender.company", { $0.sender.company = long(44) }),
      ("sender.contact-phone", { $0.sender.phone = long(25) }),
      ("sender.address-line-1", { $0.sender.line1 = long(44) }),
      ("sender.address-line-2", { $0.sender.line2 = long(44) }),
      ("sender.city", { $0.sender.city = long(40) }),
      ("destination.name", { $0.destination.name = long(44) }),
      ("destination.company", { $0.destination.company = long(44) }),
      ("destination.additional-address-info", { $0.destination.additional = long(44) }),
      ("destination.client-voice-number", { $0.destination.phone = long(25) }),
      ("destination.address-line-1", { $0.destination.line1 = long(44) }),
      ("destination.address-line-2", { $0.destination.line2 = long(44) }),
      ("destination.city", { $0.destination.city = long(40) }),
      ("references.cost-centre", { $0.costCentre = long(30) }),
      ("references.customer-ref-1", { $0.customerRef1 = long(35) }),
      ("references.customer-ref-2", { $0.customerRef2 = long(35) }),
      ("settlement-info.promo-code", { $0.promoCode = long(10) }),
      ("shipping-point-id", { $0.shippingPointID = long(4) }),
    ]
    for (field, change) in cases { #expect(fields(Samples.contract, change) == [field]) }
  }

  @Test("what is missing is named")
  func missing() {
    let cases: [(String, (inout ShipmentRequest) -> Void)] = [
      ("customer-request-id", { $0.requestID = "" }),
      ("group-id", { $0.groupID = "" }),
      ("service-code", { $0.serviceCode = "" }),
      ("sender.company", { $0.sender.company = "" }),
      ("sender.contact-phone", { $0.sender.phone = nil }),
      ("sender.address-line-1", { $0.sender.line1 = "" }),
      ("sender.city", { $0.sender.city = "" }),
      ("destination.name", { $0.destination.name = "" }),
      ("destination.address-line-1", { $0.destination.line1 = "" }),
      ("destination.city", { $0.destination.city = "" }),
      ("destination.prov-state", { $0.destination.province = "" }),
      ("destination.prov-state", { $0.destination.province = "Bavaria" }),
      ("destination.postal-zip-code", { $0.destination.postalCode = "" }),
      ("destination.postal-zip-code", { $0.destination.postalCode = "90210" }),
      ("destination.postal-zip-code", { $0.destination.postalCode = "K1P 1J1" }),
      ("destination.postal-zip-code", { $0.destination.postalCode = "k1p1j1" }),
      ("destination.country-code", { $0.destination.country = "US" }),
      ("sender.country-code", { $0.sender.country = "" }),
    ]
    for (field, change) in cases { #expect(fields(Samples.contract, change) == [field]) }
  }

  @Test("weights and sizes outside of what the carrier takes")
  func sizes() {
    let weight = "parcel-characteristics.weight"
    let size = "parcel-characteristics.dimensions"
    #expect(fields { $0.parcel.weightGrams = 0 } == [weight])
    #expect(fields { $0.parcel.weightGrams = 30_001 } == [weight])
    #expect(fields { $0.parcel.lengthMM = -1 } == ["\(size).length"])
    #expect(fields { $0.parcel.widthMM = 2_001 } == ["\(size).width"])
    #expect(fields { $0.parcel.heightMM = Int.max } == ["\(size).height"])
    #expect(
      fields { $0.parcel = Parcel(weightGrams: 1, lengthMM: 300, widthMM: 301, heightMM: 2_000) }
        == [size])
  }

  @Test("options with their amounts, offices and conflicts")
  func options() {
    func problems(_ options: ShipmentOption...) -> [String] { fields { $0.options = options } }
    #expect(problems(ShipmentOption(code: "COV")) == ["option-amount COV"])
    for amount in ["0", "0.00", "-1", "1.005", "1000000", "1e3", "", ".", "5.", "abc"] {
      #expect(problems(ShipmentOption(code: "COV", amount: amount)) == ["option-amount COV"])
    }
    #expect(problems(ShipmentOption(code: "COV", amount: "0.01")) == [])
    #expect(problems(ShipmentOption(code: "")) == ["option-code"])
    #expect(problems(ShipmentOption(code: "D2PO")) == ["option-qualifier-2 D2PO"])
    #expect(problems(ShipmentOption(code: "SO"), ShipmentOption(code: "LAD")) == ["options"])
    #expect(problems(ShipmentOption(code: "SO"), ShipmentOption(code: "SO")) == ["options"])
    #expect(fields { $0.options = (0..<21).map { ShipmentOption(code: "O\($0)") } } == ["options"])
  }

  @Test("what only one kind of account knows")
  func kinds() {
    #expect(fields(.nonContract) { $0.groupID = "G" } == ["group-id"])
    #expect(fields(.nonContract) { $0.encoding = "ZPL" } == ["print-preferences.encoding"])
    #expect(fields { $0.encoding = "PNG" } == ["print-preferences.encoding"])
    #expect(fields { $0.outputFormat = "A4" } == ["print-preferences.output-format"])
    #expect(
      fields {
        $0.encoding = "ZPL"
        $0.outputFormat = "8.5x11"
      } == ["print-preferences.output-format"])
    let odd = CanadaPostAccount.Kind.contract(contractID: "12-34", methodOfPayment: "")
    #expect(
      fields(odd) { _ in } == [
        "settlement-info.contract-id", "settlement-info.intended-method-of-payment",
      ])
    #expect(fields { $0.mailingDate = "tomorrow" } == ["expected-mailing-date"])
  }

  @Test("e-mail addresses as the two schemas take them")
  func emails() {
    func problems(_ email: String, _ kind: CanadaPostAccount.Kind) -> [String] {
      fields(kind) { $0.notification = ShipmentNotification(email: email) }
    }
    for email in ["a@b.ca", "o'pat.x+1_y-z@mail-1.example.com"] {
      #expect(problems(email, Samples.contract) == [])
      #expect(problems(email, .nonContract) == [])
    }
    #expect(problems("a@b.photography", Samples.contract) == [])
    #expect(problems("a@b.photography", .nonContract) == ["notification.email"])
    for email in [
      "", "a", "a@", "@b.ca", "a@b", "a@b.c", "a..b@c.ca", "a@b..ca", "é@b.ca", "a b@c.ca",
      "a@b@c.ca", "a@b.c4",
    ] {
      #expect(problems(email, Samples.contract) == ["notification.email"], "\(email)")
    }
  }
}
