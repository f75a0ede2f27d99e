import CanadaPost
import Kit
import Testing
import XML

@Suite("Shipments as the carrier's schema wants them")
struct ShipmentXMLTests {
  @Test("the request stands in document order, with kilograms and centimetres, longest side first")
  func order() throws {
    let root = try XMLElement.parse(Samples.minimal.xml(for: Samples.contract))
    #expect(root.localName == "shipment")
    #expect(root.namespace == "http://www.canadapost.ca/ws/shipment-v8")
    #expect(
      root.children.map(\.localName) == [
        "customer-request-id", "transmit-shipment", "requested-shipping-point", "delivery-spec",
      ])
    let spec = try #require(root.first("delivery-spec"))
    #expect(
      spec.children.map(\.localName) == [
        "service-code", "sender", "destination", "parcel-characteristics", "print-preferences",
        "preferences", "references", "settlement-info",
      ])
    let parcel = try #require(spec.first("parcel-characteristics"))
    #expect(parcel.text(of: "weight") == "1.250")
    #expect(parcel.first("dimensions")?.children.map(\.text) == ["31.0", "22.5", "8.0"])
    #expect(spec.path("references", "customer-ref-1")?.text == "ORD-1-A")
    #expect(spec.path("settlement-info", "contract-id")?.text == "0099887766")
  }

  @Test("a group and an immediate transmission exclude each other, and so do the shipping points")
  func exclusions() throws {
    var request = Samples.minimal
    request.groupID = "QS-2031-05-06"
    request.shippingPointID = "0412"
    let root = try XMLElement.parse(request.xml(for: Samples.contract))
    #expect(root.text(of: "group-id") == "QS-2031-05-06")
    #expect(root.first("transmit-shipment") == nil)
    #expect(root.text(of: "shipping-point-id") == "0412")
    #expect(root.first("requested-shipping-point") == nil)
  }

  @Test("without contract there is no request id: it travels as the second reference")
  func nonContract() throws {
    let root = try XMLElement.parse(Samples.minimal.xml(for: .nonContract))
    #expect(root.localName == "non-contract-shipment")
    #expect(root.namespace == "http://www.canadapost.ca/ws/ncshipment-v4")
    #expect(root.first("customer-request-id") == nil)
    let spec = try #require(root.first("delivery-spec"))
    #expect(spec.path("references", "customer-ref-2")?.text == Samples.minimal.requestID)
    #expect(spec.path("sender", "address-details")?.first("country-code") == nil)
    #expect(spec.first("print-preferences") == nil)
    #expect(spec.first("settlement-info") == nil)
  }

  @Test("accents, ampersands and control characters arrive as they should")
  func french() throws {
    let root = try XMLElement.parse(Samples.french.xml(for: Samples.contract))
    let destination = try #require(root.path("delivery-spec", "destination"))
    #expect(destination.text(of: "name") == "Zoé Côté-Lefèbvre")
    #expect(destination.text(of: "company") == "Bœuf & Fils <\"Ltée\">")
    #expect(destination.text(of: "additional-address-info") == "Unité 5")
    let address = try #require(destination.first("address-details"))
    #expect(address.text(of: "address-line-1") == "1234½, rue de l’Église Ouest")
    #expect(address.text(of: "prov-state") == "QC")
    #expect(address.text(of: "postal-zip-code") == "G9A5H7")
  }

  @Test("small weights keep their zeros")
  func decimals() throws {
    for (grams, text) in [(1, "0.001"), (10, "0.010"), (999, "0.999"), (30_000, "30.000")] {
      var request = Samples.minimal
      request.parcel = Parcel(weightGrams: grams, lengthMM: 5, widthMM: 10, heightMM: 105)
      let root = try XMLElement.parse(request.xml(for: Samples.contract))
      let parcel = try #require(root.path("delivery-spec", "parcel-characteristics"))
      #expect(parcel.text(of: "weight") == text)
      #expect(parcel.first("dimensions")?.children.map(\.text) == ["10.5", "1.0", "0.5"])
    }
  }

  @Test("a request id is the same for every attempt and differs between parcels")
  func requestIDs() {
    func id(_ account: String = "1", _ order: String = "A", _ parcel: Int = 1) -> String {
      CanadaPostClient.requestID(account: account, orderID: order, parcel: parcel)
    }
    #expect(id() == id())
    #expect(Set([id(), id("2"), id("1", "B"), id("1", "A", 2)]).count == 4)
    #expect(id().utf8.count == 32)
    #expect(id().allSatisfy { $0.isASCII && ($0.isNumber || $0.isUppercase) })
  }
}

@Suite(
  "The carrier's schemas judge",
  .enabled(if: Fixtures.areThere, "\(Fixtures.hint)"),
  .enabled(if: XMLLint.isThere, "\(XMLLint.hint)")
)
struct SchemaTests {
  private static let requests = [
    ("minimal", Samples.minimal), ("maximal", Samples.maximal), ("French", Samples.french),
  ]

  @Test("a shipment with a contract is valid", arguments: requests)
  func contract(name: String, request: ShipmentRequest) async throws {
    let xml = request.xml(for: Samples.contract)
    #expect(try await XMLLint.problem(xml, schema: "shipment.xsd") == nil)
  }

  @Test("a shipment without contract is valid", arguments: requests)
  func nonContract(name: String, request: ShipmentRequest) async throws {
    let xml = request.xml(for: .nonContract)
    #expect(try await XMLLint.problem(xml, schema: "ncshipment.xsd") == nil)
  }

  @Test("at every limit that we name there is no problem, and the schema agrees")
  func limits() async throws {
    var request = Samples.maximal
    request.options.removeLast()
    #expect(request.problems(for: Samples.contract) == [])
    let tooLong = "é"
    request.destination.city += tooLong
    #expect(request.problems(for: Samples.contract).map(\.field) == ["destination.city"])
    let xml = request.xml(for: Samples.contract)
    #expect(try await XMLLint.problem(xml, schema: "shipment.xsd") != nil)
  }

  @Test("a transmission is valid, small and large")
  func transmit() async throws {
    var request = TransmitRequest(
      groupIDs: ["QS-2031-05-06"], methodOfPayment: "Account", address: Samples.sender)
    #expect(request.problems() == [])
    #expect(try await XMLLint.problem(request.xml, schema: "manifest.xsd") == nil)
    request.groupIDs.append("QS-2031-05-07")
    request.isDetailed = true
    request.isPickedUp = true
    request.shippingPointID = "0412"
    request.reference = "123456789012"
    request.excludedShipments = ["1", "2"]
    request.address.name = "Pat"
    request.address.line2 = "Dock é"
    #expect(request.problems() == [])
    #expect(try await XMLLint.problem(request.xml, schema: "manifest.xsd") == nil)
  }
}
