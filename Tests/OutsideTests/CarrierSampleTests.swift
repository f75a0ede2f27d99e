import CanadaPost
import HTTP
import HTTPClient
import Kit
import Testing
import XML

@Suite("Captured answers of the carrier", .enabled(if: Fixtures.areThere, "\(Fixtures.hint)"))
struct CarrierSampleTests {
  private func sample(_ name: String) throws -> [UInt8] {
    try Fixtures.bytes("canada-post/samples/\(name)")
  }

  @Test("every sample is well-formed but the one with a blank before its declaration")
  func all() throws {
    for name in Fixtures.names(in: "canada-post/samples") where name.hasSuffix(".xml") {
      let bytes = try sample(name)
      if bytes.first == UInt8(ascii: "<") {
        #expect(throws: Never.self, "\(name)") { try CanadaPostErrors.xml(bytes, .read) }
      }
    }
  }

  @Test("an older answer to a purchase is read by local names")
  func purchase() throws {
    let info = try ShipmentInfo.decode(try sample("shipment_response.xml"), .create)
    #expect(info.shipmentID == "406951321983787352")
    #expect(info.trackingPIN == "11111118901234")
    #expect(info.status == nil)
    #expect(info.link("self")?.href.hasSuffix("/406951321983787352") == true)
    #expect(info.labels.map(\.mediaType) == ["application/pdf"])
    #expect(info.links.count == 4)
  }

  @Test("captured errors are classified by their codes")
  func errors() throws {
    for (name, code) in [("services_error.xml", "8534"), ("tracking_details_en_error.xml", "004")] {
      let response = HTTPClientResponse(status: 400, headers: [:], body: try sample(name))
      let error = CanadaPostErrors.error(response, .read)
      #expect(error.code == code)
      let isAbsent = error.classification.isNotFound
      #expect(isAbsent == (code == "004"))
      if code == "8534" {
        #expect(error.classification.fields == ["destination.country-code"])
      }
    }
  }

  @Test("an answer to something else is never taken for a purchase")
  func others() throws {
    for name in ["rates_info.xml", "tracking_details_en.xml", "shipment_domestic.xml"] {
      let bytes = try sample(name)
      #expect(throws: OutsideError.self, "\(name)") { try ShipmentInfo.decode(bytes, .create) }
      #expect(throws: OutsideError.self, "\(name)") { try FoundShipment.list(from: bytes) }
      #expect(throws: OutsideError.self, "\(name)") { try ShipmentDetails.decode(bytes) }
      #expect(throws: OutsideError.self, "\(name)") { try Manifest.decode(bytes) }
    }
  }
}
