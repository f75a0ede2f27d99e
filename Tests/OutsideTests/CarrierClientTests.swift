import CanadaPost
import Cryptography
import HTTP
import HTTPClient
import Kit
import Synchronization
import Testing
import XML

@Suite("Calls to the carrier")
struct CarrierClientTests {
  static let user = "c70da5ed5a0d2c32"
  static let password = "pa55-w0rd-half"

  private func client(
    _ stub: Stub, _ kind: CanadaPostAccount.Kind = Samples.contract
  ) -> CanadaPostClient {
    .live(
      CanadaPostAccount(
        baseURL: stub.url, user: Self.user, password: Self.password, customerNumber: "900001",
        kind: kind),
      http: stub.http, deadline: .seconds(60), purchaseDeadline: .seconds(60))
  }

  private static func xml(_ text: String, _ status: Int = 200) -> HTTPResponse {
    .xml(Array(text.utf8), status: status)
  }

  private func with(
    _ text: String, _ status: Int = 200, _ body: (Stub) async throws -> Void
  ) async throws {
    try await Stub.with({ _ in Self.xml(text, status) }, body)
  }

  @Test("a purchase is one POST with the exact media types")
  func create() async throws {
    let request = Samples.minimal
    try await with(Samples.info(requestID: request.requestID, user: Self.user)) { stub in
      let answer = await client(stub).createShipment(request)
      #expect(answer.value?.shipmentID == "700000000000000042")
      let seen = try #require(stub.requests.first)
      #expect(stub.requests.count == 1)
      #expect(seen.method == "POST")
      #expect(seen.path == "/rs/900001/900001/shipment")
      #expect(seen.headers["Accept"] == "application/vnd.cpc.shipment-v8+xml")
      #expect(seen.headers["Content-Type"] == "application/vnd.cpc.shipment-v8+xml")
      #expect(seen.headers["Accept-language"] == "en-CA")
      let key = Base64.encode(Array("\(Self.user):\(Self.password)".utf8))
      #expect(seen.headers["Authorization"] == "Basic \(key)")
      #expect(try XMLElement.parse(seen.body).text(of: "customer-request-id") == request.requestID)
      #expect(answer.call.relatedID == "ORD-1-A")
      #expect(answer.call.endpoint == "CreateShipment")
      #expect(answer.call.requestBody == seen.body)
    }
  }

  @Test("without contract it goes to another door")
  func createNonContract() async throws {
    let text =
      "<non-contract-shipment-info><shipment-id>7</shipment-id></non-contract-shipment-info>"
    try await with(text) { stub in
      let answer = await client(stub, .nonContract).createShipment(Samples.minimal)
      #expect(answer.value?.shipmentID == "7")
      let seen = try #require(stub.requests.first)
      #expect(seen.path == "/rs/900001/ncshipment")
      #expect(seen.headers["Content-Type"] == "application/vnd.cpc.ncshipment-v4+xml")
    }
  }

  @Test("the record never holds the key, not even in the addresses of labels")
  func redaction() async throws {
    try await with(Samples.info(user: Self.user)) { stub in
      let carrier = client(stub)
      let answer = await carrier.createShipment(Samples.minimal)
      let href = try #require(answer.value?.labels.first?.href)
      #expect(href.contains(Self.user))
      let record = answer.call.responseBody.text
      #expect(!record.contains(Self.user))
      #expect(record.split(separator: "/artifact/[redacted]/8800001/").count == 3)
      #expect(!"\(answer.call.requestHeaders)".contains(Self.password))
      let label = await carrier.artifact(
        LabelLink(href: stub.url + "/rs/artifact/\(Self.user)/1/0"))
      #expect(label.call.url == stub.url + "/rs/artifact/[redacted]/1/0")
    }
  }

  @Test("an answer to somebody else's request is not taken for ours")
  func otherEcho() async throws {
    try await with(Samples.info(requestID: "SOMEBODY-ELSE")) { stub in
      let answer = await client(stub).createShipment(Samples.minimal)
      #expect(answer.error?.classification.isUnknown == true)
      #expect(answer.call.isSuccess == false)
    }
  }

  @Test("a lost answer, a cut one, a page and a timeout leave a purchase unknown")
  func lost() async throws {
    let whole = Samples.info()
    let cut = Array(whole.utf8.prefix(whole.utf8.count / 2))
    let answers: [HTTPResponse] = [
      HTTPResponse(status: 200, body: .abort),
      HTTPResponse(status: 200, body: .truncated(cut, announced: whole.utf8.count)),
      HTTPResponse(status: 200, body: .bytes(cut)), .html("<html><body>502", status: 502),
      .html("<html></html>"), .empty(200), .empty(302),
    ]
    for answer in answers {
      try await Stub.with { _ in
        answer
      } _: { stub in
        let bought = await client(stub).createShipment(Samples.minimal)
        #expect(bought.error?.classification.isUnknown == true, "\(answer)")
        #expect(stub.requests.count == 1)
      }
    }
  }

  @Test("a link to another host is refused before any header is sent")
  func otherHost() async throws {
    try await Stub.with { _ in
      .empty()
    } _: { stub in
      let carrier = client(stub)
      for href in [
        "https://evil.example/rs/1/1/shipment/7", "http://127.0.0.1:1/rs/x",
        stub.url.replacing("http:", with: "https:") + "/rs/x",
        stub.url.replacing("127.0.0.1", with: "127.0.0.1.evil.example") + "/rs",
        stub.url.replacing("127.0.0.1", with: "user@127.0.0.1") + "/rs", "/rs/1/1/shipment/7", "",
        "file:///etc/passwd",
      ] {
        let answers = [
          await carrier.shipment(href).error, await carrier.details(href).error,
          await carrier.void(href).error, await carrier.manifest(href).error,
          await carrier.artifact(LabelLink(href: href)).error,
          await carrier.refund(href, "a@b.ca").error, await carrier.price(href).error,
        ]
        #expect(
          answers.allSatisfy {
            if case .needsPerson = $0?.classification { true } else { false }
          }, "\(href)")
      }
      #expect(stub.requests.isEmpty)
    }
  }

  @Test("a search by request id finds links, shipments, an empty list or a 404")
  func search() async throws {
    let link = #"<link rel="shipment" href="https://h/rs/1/1/shipment/7" media-type="x"/>"#
    for (text, status, hits) in [
      ("<shipments>\(link)</shipments>", 200, ["https://h/rs/1/1/shipment/7"]),
      ("<shipments/>", 200, []), ("<messages/>", 404, []),
    ] {
      try await with(text, status) { stub in
        let answer = await client(stub).search(requestID: "Q 1", since: .now())
        #expect(answer.value == hits)
        #expect(stub.requests.first?.path == "/rs/900001/900001/shipment")
        #expect(stub.requests.first?.query("requestId") == "Q 1")
      }
    }
    for (text, status) in [("<html/>", 404), ("<html/>", 200), ("", 500), ("<shipments>", 200)] {
      try await with(text, status) { stub in
        let answer = await client(stub).search(requestID: "Q1", since: .now())
        #expect(answer.error?.classification.isTransient == true, "\(text) \(status)")
      }
    }
  }

  @Test("without contract the search is by time, wide enough for Eastern time")
  func window() async throws {
    try await with("<non-contract-shipments/>") { stub in
      let since = try #require(Timestamp(iso8601: "2031-05-06T02:03:04Z"))
      let answer = await client(stub, .nonContract).search(requestID: "Q1", since: since)
      #expect(answer.value == [])
      let request = try #require(stub.requests.first)
      #expect(request.path == "/rs/900001/ncshipment")
      #expect(request.query("from") == "203105052003")
      #expect(request.query("to")?.utf8.count == 12)
    }
  }

  @Test("an account is not searched in a way that it does not know")
  func wrongSearch() async throws {
    try await Stub.with { _ in
      .empty()
    } _: { stub in
      let now = Timestamp.now()
      let wrong = [
        await client(stub).findNonContract(from: now, to: now).error,
        await client(stub, .nonContract).findShipments(requestID: "Q1").error,
        await client(stub, .nonContract).void(stub.url + "/rs/1/ncshipment/7").error,
      ]
      #expect(wrong.allSatisfy { $0?.classification.isBug == true })
      #expect(stub.requests.isEmpty)
    }
  }

  @Test("a label that is not ready is waited for; its bytes are not kept in the record")
  func artifact() async throws {
    let pdf = Array("%PDF-1.4 and so on".utf8)
    let answers = Mutex<[HTTPResponse]>([
      HTTPResponse(status: 202), HTTPResponse(status: 202, headers: ["Retry-After": "4"]),
      HTTPResponse(status: 200), .bytes(pdf, type: "application/pdf"),
      Self.xml("<messages/>", 404),
    ])
    try await Stub.with { _ in
      answers.withLock { $0.removeFirst() }
    } _: { stub in
      let carrier = client(stub)
      let link = LabelLink(href: stub.url + "/rs/artifact/\(Self.user)/1/0")
      #expect(await carrier.artifact(link).value == .notReady(retryAfter: nil))
      #expect(await carrier.artifact(link).value == .notReady(retryAfter: .seconds(4)))
      #expect(await carrier.artifact(link).value == .notReady(retryAfter: nil))
      let ready = await carrier.artifact(link)
      #expect(ready.value == .ready(pdf))
      let hash = SHA256.hex(SHA256.hash(pdf))
      #expect(
        ready.call.responseBody.text == "(application/pdf, \(pdf.count) bytes, sha256 \(hash))")
      #expect(await carrier.artifact(link).error?.classification.isNotFound == true)
      #expect(stub.requests.allSatisfy { $0.headers["Accept"] == "application/pdf" })
    }
  }

  @Test("voiding: done, gone already, too late, or nothing learned")
  func void() async throws {
    func outcome(_ answer: HTTPResponse) async throws -> Answer<VoidOutcome> {
      let kept = Mutex<Answer<VoidOutcome>?>(nil)
      try await Stub.with { _ in
        answer
      } _: { stub in
        let outcome = await client(stub).void(stub.url + "/rs/900001/900001/shipment/7")
        #expect(stub.requests.first?.method == "DELETE")
        kept.withLock { $0 = outcome }
      }
      return try #require(kept.withLock { $0 })
    }
    #expect(try await outcome(.empty(204)).value == .voided)
    #expect(try await outcome(Self.xml("<messages/>", 404)).value == .alreadyGone)
    #expect(
      try await outcome(Self.xml(Samples.messages(("8064", "sent")), 400)).value == .transmitted)
    #expect(try await outcome(.html("<html>", status: 404)).error?.classification.isUnknown == true)
    #expect(try await outcome(.html("<html>")).error?.classification.isUnknown == true)
    #expect(try await outcome(.empty(502)).error?.classification.isUnknown == true)
  }

  @Test("a refund is asked for once; asked for already is a conflict")
  func refund() async throws {
    let ticket = """
      <shipment-refund-request-info><service-ticket-date>2031-05-06</service-ticket-date>
      <service-ticket-id>0123</service-ticket-id></shipment-refund-request-info>
      """
    try await with(ticket) { stub in
      let carrier = client(stub)
      let own = stub.url + "/rs/900001/900001/shipment/7"
      let answer = await carrier.refund(own, "back@example.com")
      #expect(answer.value == RefundTicket(ticketID: "0123", date: "2031-05-06"))
      _ = await carrier.refund(own + "/refund", "back@example.com")
      #expect(stub.requests.map(\.path).allSatisfy { $0.hasSuffix("/shipment/7/refund") })
      let body = try XMLElement.parse(try #require(stub.requests.first).body)
      #expect(body.localName == "shipment-refund-request")
      #expect(body.text(of: "email") == "back@example.com")
      #expect(await carrier.refund(own, "").error?.classification.fields == ["email"])
      #expect(stub.requests.count == 2)
    }
    try await with(Samples.messages(("7292", "asked")), 409) { stub in
      let answer = await client(stub).refund(stub.url + "/rs/x/refund", "back@example.com")
      #expect(answer.error?.classification.isConflict == true)
    }
  }

  @Test("groups are listed, transmitted, and their manifests read when they are ready")
  func transmit() async throws {
    try await Stub.with { request in
      switch (request.method, request.path) {
      case ("GET", "/rs/900001/900001/group"):
        return Self.xml("<groups><group><group-id>G1</group-id><link/></group></groups>")
      case ("POST", _):
        return Self.xml("<manifests><link rel=\"manifest\" href=\"https://h/m/1\"/></manifests>")
      case ("GET", "/soon"): return HTTPResponse(status: 202)
      case ("GET", "/too-soon"): return Self.xml(Samples.messages(("9153", "wait")), 500)
      case ("GET", "/ready"): return Self.xml("<manifest><po-number>P1</po-number></manifest>")
      default: return Self.xml("<manifests/>")
      }
    } _: { stub in
      let carrier = client(stub)
      #expect(await carrier.groups().value == ["G1"])
      let request = TransmitRequest(
        groupIDs: ["G1"], methodOfPayment: "Account", address: Samples.sender)
      #expect(await carrier.transmit(request).value == ["https://h/m/1"])
      #expect(await carrier.manifest(stub.url + "/soon").value == .notReady(retryAfter: nil))
      #expect(await carrier.manifest(stub.url + "/too-soon").value == .notReady(retryAfter: nil))
      guard case .ready(let manifest)? = await carrier.manifest(stub.url + "/ready").value else {
        Issue.record("not ready")
        return
      }
      #expect(manifest.poNumber == "P1")
      #expect(await carrier.manifests("20310506", nil).value == [])
      #expect(stub.requests.last?.target.hasSuffix("/manifest?start=20310506") == true)
      let media = "application/vnd.cpc.manifest-v8+xml"
      #expect(stub.requests[1].headers["Content-Type"] == media)
      #expect(stub.requests[0].headers["Accept"] == "application/vnd.cpc.shipment-v8+xml")
    }
  }

  @Test("a transmission whose answer is lost is unknown: it bills")
  func lostTransmission() async throws {
    try await with("<html/>") { stub in
      let request = TransmitRequest(
        groupIDs: ["G1"], methodOfPayment: "Account", address: Samples.sender)
      #expect(await client(stub).transmit(request).error?.classification.isUnknown == true)
    }
  }

  @Test("records carry the id of the work at hand, and the order that it is about")
  func correlation() async throws {
    try await with(Samples.info()) { stub in
      let href = stub.url + "/rs/900001/900001/shipment/7"
      let answer = await Log.$correlationID.withValue("void_label/ORD/1-A/2") {
        await client(stub).shipment(href)
      }
      #expect(answer.call.correlationID == "void_label/ORD/1-A/2")
      #expect(answer.call.relatedID == "ORD/1-A")
    }
  }

  @Test("the price of a bought label, with a contract and from the receipt")
  func price() async throws {
    let text = """
      <non-contract-shipment-receipt><base-amount>9.99</base-amount><cc-receipt-details>
      <charge-amount>11.49</charge-amount></cc-receipt-details></non-contract-shipment-receipt>
      """
    try await with(text) { stub in
      let answer = await client(stub, .nonContract).price(stub.url + "/rs/1/ncshipment/7")
      #expect(answer.value?.due == "11.49")
      #expect(stub.requests.first?.path == "/rs/1/ncshipment/7/receipt")
    }
  }
}
