import Kit
import Sandbox
import Testing
import XML

@Suite("Carrier, buying")
struct CarrierCreateTests {
  @Test("a shipment in a group is created, with padded links and a tracking number")
  func create() async throws {
    try await Outside.run { outside async throws in
      let answer = try await outside.carrier(
        "POST", "/rs/900001/900001/shipment", ShipmentXML().text)
      #expect(answer.status == 200)
      let info = try #require(answer.xml)
      #expect(info.localName == "shipment-info")
      #expect(info.first("customer-request-id")?.text == "BBY-0001")
      #expect(info.first("shipment-status")?.text == "created")
      #expect(info.first("tracking-pin")?.text.count == 16)
      let own = try #require(answer.href("self"))
      #expect(own.hasPrefix(outside.sandbox.baseURL + "/rs/0000900001/0000900001/shipment/7"))
      #expect(answer.href("group")?.hasSuffix("/shipment?groupId=WH1") == true)
      #expect(answer.href("refund") == nil)
      #expect(answer.href("label")?.contains("/rs/artifact/sandbox-user/") == true)
    }
  }

  @Test("the same request id buys a second label")
  func duplicate() async throws {
    try await Outside.run { outside async throws in
      let first = try await outside.create(ShipmentXML())
      let second = try await outside.create(ShipmentXML())
      #expect(first.href("self") != second.href("self"))
      let found = try await outside.carrier(
        "GET", "\(Outside.customer)/shipment?requestId=BBY-0001")
      #expect(found.xml?.all("link").count == 2)
      let tally = outside.sandbox.tally()
      #expect(tally.orders["270000000-A"]?.labelsBought == 2)
      #expect(tally.violations.map(\.name) == ["two_live_labels"])
    }
  }

  @Test(
    "what breaks the schema is a 500 that names the path and the rule",
    arguments: [
      ("<company>Example Widgets</company>", "", "cvc-complex-type.2.4.b"),
      ("<service-code>", "<colour>red</colour><service-code>", "cvc-complex-type.2.4.a"),
      ("<city>Mocktown</city>", "<city>A</city><city>B</city>", "cvc-complex-type.2.4.a"),
      (
        "<group-id>WH1</group-id>",
        "<group-id>WH1</group-id><transmit-shipment>true</transmit-shipment>",
        "cvc-complex-type.2.4.a"
      ),
      ("<group-id>WH1</group-id>", "", "groupIdOrTransmitShipment"),
      ("<group-id>WH1</group-id>", "<transmit-shipment>false</transmit-shipment>", "cvc-elt.5.2"),
      (
        "77 Test Crescent", "77 Test Crescent, behind the tall blue house on the left",
        "cvc-maxLength-valid"
      ),
      ("<city>Mocktown</city>", "<city></city>", "cvc-minLength-valid"),
      (">A1B2C3</requested", ">A1B 2C3</requested", "cvc-pattern-valid"),
      ("<weight>1.250</weight>", "<weight>0</weight>", "cvc-minExclusive-valid"),
      ("<weight>1.250</weight>", "<weight>1.2505</weight>", "cvc-fractionDigits-valid"),
      ("<weight>1.250</weight>", "<weight>1,2</weight>", "cvc-datatype-valid"),
      ("<weight>1.250</weight>", "<weight>1000</weight>", "cvc-maxInclusive-valid"),
      ("shipment-v8", "shipment-v7", "cvc-elt.1"),
      ("<output-format>4x6", "<output-format>A6", "cvc-enumeration-valid"),
      ("<settlement-info>", "<settlement>", "cvc-elt.1"),
    ])
  func schema(_ old: String, _ new: String, _ rule: String) async throws {
    try await Outside.run { outside async throws in
      let answer = try await outside.create(ShipmentXML().replacing(old, new))
      #expect(answer.status == 500)
      #expect(answer.codes == ["Server"])
      let text = answer.xml?.first("message")?.first("description")?.text ?? ""
      #expect(text.hasPrefix("/rs/0000900001/0000900001/shipment: cvc-"))
      #expect(text.contains(rule))
      #expect(outside.sandbox.tally().totals.labelsBought == 0)
    }
  }

  @Test(
    "what the back end refuses is a 400 with its number",
    arguments: [
      ("<address-line-1>77 Test Crescent</address-line-1>", "", "1156"),
      ("<city>Mocktown</city>", "", "1157"), ("<prov-state>SK</prov-state>", "", "1159"),
      ("DOM.EP", "DOM.ZZ", "10028"), ("DOM.EP", "USA.XP", "3000"),
      ("<requested-shipping-point>A1B2C3</requested-shipping-point>", "", "9186"),
      ("<intended-method-of-payment>Account", "<intended-method-of-payment>Cash", "1711"),
      ("0099887766", "5", "1702"), ("<encoding>PDF", "<encoding>ZPL", ""),
    ])
  func business(_ old: String, _ new: String, _ code: String) async throws {
    try await Outside.run { outside async throws in
      let answer = try await outside.create(ShipmentXML().replacing(old, new))
      #expect(answer.status == (code.isEmpty ? 200 : 400))
      #expect(answer.codes == (code.isEmpty ? [] : [code]))
    }
  }

  @Test("children may come in any order")
  func anyOrder() async throws {
    try await Outside.run { outside async throws in
      let references = "<references><customer-ref-1>270000000-A</customer-ref-1></references>"
      let shuffled = ShipmentXML().replacing(references, "")
        .replacing("<delivery-spec>", "<delivery-spec>" + references)
      #expect(try await outside.create(shuffled).status == 200)
    }
  }

  @Test("media types are exact: a wildcard is 406, another body type 415")
  func mediaTypes() async throws {
    try await Outside.run { outside async throws in
      let path = "\(Outside.customer)/shipment"
      let body = Array(ShipmentXML().text.utf8)
      func status(_ accept: String, _ content: String) async throws -> Int {
        try await outside.send(
          "POST", path,
          [
            ("Authorization", Outside.authorization), ("Accept", accept),
            ("Content-Type", content),
          ], body: body
        ).status
      }
      #expect(try await status("*/*", Outside.shipmentType) == 406)
      #expect(try await status("application/vnd.cpc.shipment-v7+xml", Outside.shipmentType) == 406)
      #expect(try await status(Outside.shipmentType, "application/xml") == 415)
      #expect(try await status(Outside.shipmentType, Outside.shipmentType) == 200)
    }
  }

  @Test("a wrong password is 401 E002, another customer 403")
  func credentials() async throws {
    try await Outside.run { outside async throws in
      let bad = try await outside.send(
        "GET", "\(Outside.customer)/group",
        [("Authorization", "Basic eDp5"), ("Accept", Outside.shipmentType)])
      #expect(bad.status == 401 && bad.codes == ["E002"])
      let other = try await outside.carrier("GET", "/rs/0000000777/0000900001/group")
      #expect(other.status == 403 && other.codes == ["AA003"])
    }
  }

  @Test("a non-contract shipment has no status, no request id, and is bought at once")
  func nonContract() async throws {
    try await Outside.run { outside async throws in
      let answer = try await outside.create(ShipmentXML(isContract: false))
      #expect(answer.status == 200)
      #expect(answer.xml?.localName == "non-contract-shipment-info")
      #expect(answer.xml?.first("shipment-status") == nil)
      #expect(answer.href("refund") != nil && answer.href("receipt") != nil)
      let own = try #require(answer.href("self"))
      let void = try await outside.carrier("DELETE", own, type: Outside.nonContractType)
      #expect(void.status == 405)
      let found = try await outside.carrier(
        "GET", "/rs/0000900001/ncshipment?from=202001010000&to=209901010000",
        type: Outside.nonContractType)
      #expect(found.xml?.all("link").first?["href"] == own)
      let receipt = try await outside.carrier(
        "GET", own + "/receipt", type: Outside.nonContractType)
      #expect(receipt.xml?.first("cc-receipt-details")?.first("charge-amount") != nil)
      let country = ShipmentXML(isContract: false).replacing(
        "<prov-state>NL</prov-state>", "<prov-state>NL</prov-state><country-code>CA</country-code>")
      #expect(try await outside.create(country).status == 500, "the sender has no country there")
      let flat = ShipmentXML(isContract: false).replacing(
        "<dimensions><length>31.0</length><width>22.5</width><height>8.0</height></dimensions>", "")
      #expect(try await outside.create(flat).codes == ["9162"])
    }
  }
}
