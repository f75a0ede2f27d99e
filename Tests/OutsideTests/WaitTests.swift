import CanadaPost
import HTTP
import HTTPClient
import Kit
import Mirakl
import Testing

@Suite("How long the outside lets us wait, and how far we look")
struct WaitTests {
  @Test("a throttle without a wait is a pause of a second all the same")
  func atOnce() {
    let response = HTTPClientResponse(status: 429, headers: ["Retry-After": "0"], body: [])
    let wanted = Classification.throttled(retryAfter: .seconds(1))
    #expect(MiraklErrors.error(response, isRead: false).classification == wanted)
    #expect(CanadaPostErrors.error(response, .create).classification == wanted)
  }

  @Test(
    "a search by time reaches a day past the purchase and the present, whatever our clock says",
    arguments: [
      (Duration.seconds(-172_800), "203105070203"), (Duration.hours(3), "203105070503"),
    ])
  func window(late: Duration, wanted: String) async throws {
    try await Stub.with { _ in
      .xml(Array("<non-contract-shipments/>".utf8))
    } _: { stub in
      let since = try #require(Timestamp(iso8601: "2031-05-06T02:03:04Z"))
      var carrier = CanadaPostClient.live(
        CanadaPostAccount(
          baseURL: stub.url, user: "user", password: "password", customerNumber: "900001",
          kind: .nonContract),
        http: stub.http)
      carrier.now = { since + late }
      #expect(await carrier.search(requestID: "Q1", since: since).value == [])
      #expect(stub.requests.first?.query("to") == wanted)
    }
  }
}
