import CanadaPost
import Kit
import Testing

@Suite("Answers of the carrier")
struct CarrierDecodingTests {
  private func decode(_ text: String) throws -> ShipmentInfo {
    try ShipmentInfo.decode(Array(text.utf8), .create)
  }

  @Test("a purchase is read, with its pages in their order")
  func purchase() throws {
    let info = try decode(Samples.info(requestID: "Q1"))
    #expect(info.shipmentID == "700000000000000042")
    #expect(info.trackingPIN == "7000000000000017")
    #expect(info.status == "created")
    #expect(info.requestID == "Q1")
    #expect(info.labels.map(\.index) == [0, 1])
    #expect(info.link("refund") == nil)
    #expect(info.price == nil)
  }

  @Test("no PIN, an unknown state, no namespace and no links are survived")
  func sparse() throws {
    let info = try decode(
      "<shipment-info><shipment-id>7</shipment-id><shipment-status>pondering</shipment-status>"
        + "<tracking-pin/><new-thing><deep/></new-thing></shipment-info>")
    #expect(info.trackingPIN == nil)
    #expect(info.status == "pondering")
    #expect(info.links == [])
  }

  @Test("the price to pay is the due amount, kept as it was written")
  func price() throws {
    let info = try decode(
      """
      <shipment-info><shipment-id>7</shipment-id><shipment-price><service-code>DOM.EP</service-code>
      <base-amount>10.97</base-amount><hst-amount>1.390</hst-amount><due-amount>13.01</due-amount>
      <service-standard><expected-delivery-date>2031-05-09</expected-delivery-date>
      </service-standard></shipment-price></shipment-info>
      """)
    #expect(info.price?.due == "13.01")
    #expect(info.price?.hst == "1.390")
    #expect(info.price?.expectedDelivery == "2031-05-09")
  }

  @Test(
    "after a purchase, what cannot be read is an unknown outcome",
    arguments: [
      "", " ", "<", "<html><body>502 Bad Gateway", "<html><body/></html>", "{\"shipmentId\":1}",
      "<messages/>", "<shipment-info/>", "<shipment-info><shipment-id/></shipment-info>",
      "<shipment-info><shipment-id>7</shipment-id><tracking-pin>70000",
      "<other><shipment-id>7</shipment-id></other>",
      "<shipment-info><shipment-id>7</shipment-id></shipment-info>trailing",
      "<!DOCTYPE a [<!ENTITY b \"c\">]>"
        + "<shipment-info><shipment-id>&b;</shipment-id></shipment-info>",
      "<!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
        + "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><shipment-info><shipment-id>&c;</shipment-id>"
        + "</shipment-info>",
      "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><shipment-info><shipment-id>1</shipment-id>"
        + "</shipment-info>",
      String(repeating: "<a>", count: 5_000) + String(repeating: "</a>", count: 5_000),
    ])
  func unreadable(text: String) {
    do throws(OutsideError) {
      _ = try ShipmentInfo.decode(Array(text.utf8), .create)
      Issue.record("it was read")
    } catch {
      #expect(error.classification.isUnknown)
    }
    do throws(OutsideError) {
      _ = try ShipmentInfo.decode(Array(text.utf8), .read)
    } catch {
      #expect(error.classification.isTransient)
    }
  }

  @Test("a search answers with links or with whole shipments, or with none")
  func found() throws {
    func list(_ inside: String) throws -> [FoundShipment] {
      try FoundShipment.list(from: Array("<shipments>\(inside)</shipments>".utf8))
    }
    let link = #"<link rel="shipment" href="https://h/1" media-type="x"/>"#
    #expect(try list("") == [])
    #expect(try list(link + link).map(\.href) == ["https://h/1", "https://h/1"])
    let whole = try list(Samples.info())
    #expect(whole.first?.href?.hasSuffix("/shipment/700000000000000042") == true)
    #expect(try FoundShipment.list(from: Array("<non-contract-shipments/>".utf8)) == [])
  }

  @Test(
    "a search whose answer cannot be read whole is an error, never an empty list",
    arguments: [
      "", "<html/>", "<messages/>", "<groups/>", "<shipments>", "{}",
      "<shipments><link rel=\"shipment\"/></shipments>",
      "<shipments><shipment-info/></shipments>", "<shipments><shipment/></shipments>",
    ])
  func notFound(text: String) {
    do throws(OutsideError) {
      _ = try FoundShipment.list(from: Array(text.utf8))
      Issue.record("it was read")
    } catch {
      #expect(error.classification.isTransient)
    }
  }

  @Test("details prove whose shipment it is, with and without contract")
  func details() throws {
    let spec = """
      <delivery-spec><service-code>DOM.EP</service-code><sender><address-details>
      <postal-zip-code>A1B2C3</postal-zip-code></address-details></sender><destination>
      <address-details><postal-zip-code>S9X8Y7</postal-zip-code></address-details></destination>
      <references><customer-ref-1>ORD-1-A</customer-ref-1>
      <customer-ref-2>\(Samples.minimal.requestID)</customer-ref-2></references></delivery-spec>
      """
    let contract = try ShipmentDetails.decode(
      Array(
        """
        <shipment-details><customer-request-id>Q7</customer-request-id>
        <shipment-status>created</shipment-status><tracking-pin>70000000000</tracking-pin>
        <shipment-detail><group-id>G1</group-id>\(spec)</shipment-detail></shipment-details>
        """.utf8))
    #expect(contract.requestID == "Q7")
    #expect(contract.groupID == "G1")
    #expect(contract.isTransmitted == false)
    #expect(contract.destinationPostalCode == "S9X8Y7")
    #expect(contract.serviceCode == "DOM.EP")
    #expect(contract.customerRef1 == "ORD-1-A")
    let without = try ShipmentDetails.decode(
      Array(
        """
        <non-contract-shipment-details>\(spec)<refund-request-info>
        <service-ticket-date>2031-05-06</service-ticket-date>
        <service-ticket-id>T1</service-ticket-id>
        </refund-request-info></non-contract-shipment-details>
        """.utf8))
    #expect(without.requestID == Samples.minimal.requestID)
    #expect(without.isTransmitted)
    #expect(without.refundTicket == RefundTicket(ticketID: "T1", date: "2031-05-06"))
  }

  @Test("a second reference of somebody else's is no request id")
  func foreignReference() throws {
    let details = try ShipmentDetails.decode(
      Array(
        """
        <non-contract-shipment-details><delivery-spec><references>
        <customer-ref-2>invoice 12</customer-ref-2></references></delivery-spec>
        </non-contract-shipment-details>
        """.utf8))
    #expect(details.requestID == nil)
    #expect(details.customerRef2 == "invoice 12")
  }

  @Test("manifests tell their number, or that they are empty")
  func manifests() throws {
    func decode(_ number: String) throws -> Manifest {
      let link = #"<link rel="artifact" href="https://h/a" media-type="application/pdf"/>"#
      return try Manifest.decode(
        Array("<manifest><po-number>\(number)</po-number><links>\(link)</links></manifest>".utf8))
    }
    #expect(try decode("P123").poNumber == "P123")
    #expect(try decode("EMPTY").poNumber == nil)
    #expect(try decode("P1").link("artifact")?.href == "https://h/a")
  }
}
