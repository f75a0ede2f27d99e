import Kit
import Sandbox
import Testing
import XML

@Suite("Carrier, after the purchase")
struct CarrierLifeTests {
  @Test("a created shipment can be voided once; then it is gone")
  func void() async throws {
    try await Outside.run { outside async throws in
      let own = try #require(try await outside.create(ShipmentXML()).href("self"))
      let first = try await outside.carrier("DELETE", own)
      #expect(first.status == 204 && first.body.isEmpty)
      let second = try await outside.carrier("DELETE", own)
      #expect(second.status == 404)
      #expect(second.xml?.localName == "messages" && second.codes.isEmpty)
      #expect(try await outside.carrier("GET", own).status == 404)
      let found = try await outside.carrier(
        "GET", "\(Outside.customer)/shipment?requestId=BBY-0001")
      #expect(found.status == 200 && found.xml?.all("link").isEmpty == true)
      let tally = outside.tally("270000000-A")
      #expect(tally.labelsBought == 1 && tally.labelsLive == 0 && tally.voids == 1)
    }
  }

  @Test("a transmitted shipment is refunded, not voided, and only once")
  func refund() async throws {
    try await Outside.run { outside async throws in
      var request = ShipmentXML()
      request.group = nil
      let answer = try await outside.create(request)
      #expect(answer.xml?.first("shipment-status")?.text == "transmitted")
      let own = try #require(answer.href("self"))
      let void = try await outside.carrier("DELETE", own)
      #expect(void.status == 400 && void.codes == ["8064"])
      let body = """
        <shipment-refund-request xmlns="http://www.canadapost.ca/ws/shipment-v8">\
        <email>a@example.com</email></shipment-refund-request>
        """
      let refund = try #require(answer.href("refund"))
      let ticket = try await outside.carrier("POST", refund, body)
      #expect(ticket.status == 200)
      #expect(ticket.xml?.first("service-ticket-id")?.text.isEmpty == false)
      let again = try await outside.carrier("POST", refund, body)
      #expect(again.status == 409 && again.codes == ["7292"])
      let later = try await outside.carrier("GET", own)
      #expect(later.status == 200 && later.href("refund") == nil)
      #expect(outside.tally("270000000-A").labelsLive == 0)
    }
  }

  @Test("details echo the request: reference, postal code, service, group")
  func details() async throws {
    try await Outside.run { outside async throws in
      let own = try #require(try await outside.create(ShipmentXML()).href("self"))
      let details = try #require(try await outside.carrier("GET", own + "/details").xml)
      #expect(details.first("customer-request-id")?.text == "BBY-0001")
      let spec = details.path("shipment-detail", "delivery-spec")
      #expect(spec?.path("references", "customer-ref-1")?.text == "270000000-A")
      #expect(spec?.path("destination", "name")?.text == "Éloïse Placeholder")
      #expect(
        spec?.path("destination", "address-details", "postal-zip-code")?.text == "S9X8Y7")
      #expect(details.path("shipment-detail", "group-id")?.text == "WH1")
    }
  }

  @Test("searches find by group, PIN and day, and want a parameter")
  func searches() async throws {
    try await Outside.run { outside async throws in
      let made = try await outside.create(ShipmentXML())
      var now = ShipmentXML(order: "B", requestID: "R2")
      now.group = nil
      _ = try await outside.create(now)
      func count(_ query: String) async throws -> Int? {
        try await outside.carrier("GET", "\(Outside.customer)/shipment?\(query)").xml?
          .all("link").count
      }
      #expect(try await count("groupId=WH1") == 1)
      let pin = made.xml?.first("tracking-pin")?.text ?? ""
      #expect(try await count("trackingPIN=\(pin)") == 1)
      let today = Timestamp.now().iso8601.filter(\.isNumber).prefix(8)
      #expect(try await count("noManifest=true&date=\(today)") == 1)
      #expect(try await count("noManifest=true&date=20200101") == 0)
      let both = try await outside.carrier(
        "GET", "\(Outside.customer)/shipment?trackingPIN=1&date=20200101")
      #expect(both.codes == ["9196"])
      let none = try await outside.carrier(
        "GET", "\(Outside.customer)/shipment?customerRequestId=x")
      #expect(none.status == 400 && none.codes == ["9105"])
      let whole = try await outside.carrier(
        "GET", "\(Outside.customer)/shipment?requestId=R2&provideShipmentInfo=true")
      #expect(whole.xml?.first("shipment-info")?.first("shipment-id") != nil)
    }
  }

  @Test("a group disappears with its transmit, and its manifest can be read")
  func transmit() async throws {
    try await Outside.run { outside async throws in
      let own = try #require(try await outside.create(ShipmentXML()).href("self"))
      let groups = try await outside.carrier("GET", "\(Outside.customer)/group")
      #expect(groups.xml?.all("group").first?.first("group-id")?.text == "WH1")
      let body = ShipmentXML.transmit("WH1")
      let path = "\(Outside.customer)/manifest"
      let sent = try await outside.carrier("POST", path, type: Outside.manifestType, body)
      let href = try #require(sent.xml?.all("link").first?["href"])
      let again = try await outside.carrier("POST", path, type: Outside.manifestType, body)
      #expect(again.status == 400 && again.codes == ["9122"])
      let manifest = try await outside.carrier("GET", href, type: Outside.manifestType)
      #expect(manifest.xml?.first("po-number")?.text.isEmpty == false)
      let left = try await outside.carrier("GET", "\(Outside.customer)/group")
      #expect(left.xml?.all("group").isEmpty == true)
      let shipment = try await outside.carrier("GET", own)
      #expect(shipment.xml?.first("shipment-status")?.text == "transmitted")
      #expect(shipment.xml?.first("po-number") != nil)
      let list = try await outside.carrier("GET", path, type: Outside.manifestType)
      #expect(list.codes == ["9105"], "start is mandatory")
      let today = Timestamp.now().iso8601.filter(\.isNumber).prefix(8)
      let listed = try await outside.carrier(
        "GET", path + "?start=\(today)", type: Outside.manifestType)
      #expect(listed.xml?.all("link").count == 1)
    }
  }

  @Test("tracking knows a transmitted parcel by PIN and by reference, and nothing before")
  func tracking() async throws {
    try await Outside.run { outside async throws in
      let type = "application/vnd.cpc.track-v2+xml"
      var request = ShipmentXML()
      request.group = nil
      let pin = try await outside.create(request).xml?.first("tracking-pin")?.text ?? ""
      let known = try await outside.carrier("GET", "/vis/track/pin/\(pin)/summary", type: type)
      #expect(known.xml?.first("pin-summary")?.first("customer-ref-1")?.text == "270000000-A")
      let unknown = try await outside.carrier("GET", "/vis/track/pin/1/summary", type: type)
      #expect(unknown.codes == ["004"])
      let reference = try await outside.carrier(
        "GET", "/vis/track/ref/summary?referenceNumber=270000000-A", type: type)
      #expect(reference.xml?.first("pin-summary")?.first("pin")?.text == pin)
    }
  }

  @Test("the group limit of 5,000 is the carrier's own", .disabled("slow; run by hand"))
  func groupLimit() async throws {
    try await Outside.run { outside async throws in
      for number in 0..<5000 {
        _ = try await outside.create(ShipmentXML(order: "o\(number)", requestID: "r\(number)"))
      }
      #expect(try await outside.create(ShipmentXML()).codes == ["9110"])
    }
  }
}
