import HTTP
import HTTPClient
import Kit
import Mirakl
import Testing

@Suite("Calls to the marketplace")
struct MiraklClientTests {
  static let key = "k3y-0f-the-sh0p"

  private func client(_ stub: Stub, shop: Int64? = 2_001) -> MiraklClient {
    .live(
      MiraklAccount(shopID: "bby", baseURL: stub.url + "/", apiKey: Self.key, miraklShopID: shop),
      http: stub.http, deadline: .seconds(60))
  }

  @Test("orders are asked for with the shop, in pages of a hundred")
  func orders() async throws {
    try await Stub.with { _ in
      .json(.raw(#"{"orders":[],"total_count":0}"#))
    } _: { stub in
      var query = MiraklOrderQuery.orders(["1-A", "2/ü-B"])
      query.startUpdateDate = Timestamp(microseconds: 1_772_636_767_089_999)
      query.states = ["WAITING_ACCEPTANCE", "SHIPPING"]
      let answer = await client(stub).orders(query)
      #expect(answer.value?.orders.count == 0)
      let request = try #require(stub.requests.first)
      #expect(request.path == "/api/orders")
      #expect(request.query("order_ids") == "1-A,2/ü-B")
      #expect(request.query("start_update_date") == "2026-03-04T15:06:07.089Z")
      #expect(request.query("order_state_codes") == "WAITING_ACCEPTANCE,SHIPPING")
      #expect(request.query("max") == "100")
      #expect(request.query("shop_id") == "2001")
      #expect(request.headers["Authorization"] == Self.key)
      #expect(request.headers["Accept"] == "application/json")
      #expect(answer.call.subjects == ["1-A", "2/ü-B"])
      #expect(answer.call.service == "BestBuy")
      #expect(answer.call.endpoint == "OR11")
    }
  }

  @Test("each change goes to its own address, with a length even when it has no body")
  func changes() async throws {
    try await Stub.with { _ in
      .empty(204)
    } _: { stub in
      let mirakl = client(stub)
      let answers = [
        await mirakl.accept("7/7-A", [("l1", true), ("l2", false)]),
        await mirakl.tracking("7-A", .registered(carrierCode: "CPCL", trackingNumber: "70")),
        await mirakl.ship("7-A"), await mirakl.cancel("7-A"),
      ]
      #expect(answers.allSatisfy { $0.error == nil && $0.call.isSuccess })
      #expect(answers.map(\.call.endpoint) == ["OR21", "OR23", "OR24", "OR29"])
      let requests = stub.requests
      #expect(requests.allSatisfy { $0.method == "PUT" && $0.query("shop_id") == "2001" })
      #expect(
        requests.map(\.rawPath) == [
          "/api/orders/7%2F7-A/accept", "/api/orders/7-A/tracking", "/api/orders/7-A/ship",
          "/api/orders/7-A/cancel",
        ])
      #expect(
        requests[0].body.text
          == #"{"order_lines":[{"id":"l1","accepted":true},{"id":"l2","accepted":false}]}"#)
      #expect(requests[1].body.text == #"{"carrier_code":"CPCL","tracking_number":"70"}"#)
      #expect(requests[0].headers["Content-Type"] == "application/json")
      #expect(requests[2].headers["Content-Length"] == "0")
      #expect(requests[3].headers["Content-Length"] == "0")
      #expect(answers[0].call.relatedID == "7/7-A")
      #expect(answers[0].call.requestBody == requests[0].body)
    }
  }

  @Test("the record holds everything but the key, and the id of the work at hand")
  func record() async throws {
    try await Stub.with { _ in
      .json(["message": "no", "code": "ORDER_INVALID_STATE"], status: 400)
    } _: { stub in
      let answer = await Log.$correlationID.withValue("accept_order/7-A/1") {
        await client(stub).ship("7-A")
      }
      #expect(answer.error?.classification.isConflict == true)
      #expect(answer.call.correlationID == "accept_order/7-A/1")
      #expect(answer.call.statusCode == 400)
      #expect(answer.call.isSuccess == false)
      #expect(answer.call.problem == "no")
      #expect(answer.call.responseBody.text.contains("ORDER_INVALID_STATE"))
      let all = "\(answer.call.requestHeaders) \(answer.call.url) \(answer.call)"
      #expect(!all.contains(Self.key))
      #expect(answer.call.requestHeaders.contains { $0.0 == "Authorization" })
    }
  }

  @Test("the account is read, and its answer never kept")
  func account() async throws {
    let body = #"{"shop_id":2001,"shop_name":"Ours","shop_state":"OPEN","iban":"CA99SECRET"}"#
    try await Stub.with { _ in
      .json(.raw(body))
    } _: { stub in
      let answer = await client(stub).account()
      #expect(answer.value == nil || answer.value?.id == 2_001)
      #expect(answer.value?.name == "Ours")
      #expect(answer.value?.state == "OPEN")
      #expect(!answer.call.responseBody.text.contains("IBAN"))
      #expect(!answer.call.responseBody.text.contains("SECRET"))
    }
  }

  @Test("carriers are read with their codes")
  func carriers() async throws {
    let body = #"{"carriers":[{"code":"CPCL","label":"Canada Post","tracking_url":null},{},7]}"#
    try await Stub.with { _ in
      .json(.raw(body))
    } _: { stub in
      let answer = await client(stub).carriers()
      #expect(answer.value?.map(\.code) == ["CPCL"])
    }
  }

  @Test(
    "a connection that dies after a write leaves the outcome unknown; a read is just tried again")
  func lost() async throws {
    try await Stub.with { _ in
      HTTPResponse(status: 200, body: .abort)
    } _: { stub in
      let mirakl = client(stub)
      #expect(await mirakl.accept("1", [("l", true)]).error?.classification.isUnknown == true)
      #expect(await mirakl.orders(.orders(["1"])).error?.classification.isTransient == true)
      #expect(stub.requests.count == 2)
    }
  }

  @Test("a login page with status 200 is no success")
  func loginPage() async throws {
    try await Stub.with { _ in
      .html("<!doctype html><title>Sign in</title>")
    } _: { stub in
      let mirakl = client(stub)
      let write = await mirakl.ship("1")
      #expect(write.error?.classification.isUnknown == true)
      #expect(write.call.isSuccess == false)
      #expect(await mirakl.carriers().error?.classification.isTransient == true)
      #expect(await mirakl.orders(MiraklOrderQuery()).error?.classification.isTransient == true)
    }
  }

  @Test("a redirect is not followed: the key goes nowhere else")
  func redirect() async throws {
    try await Stub.with { _ in
      HTTPResponse(status: 302, headers: ["Location": "http://127.0.0.1:9/evil"])
    } _: { stub in
      #expect(await client(stub).ship("1").error?.classification.isUnknown == true)
      #expect(stub.requests.count == 1)
    }
  }

  @Test("our own mistakes are not sent")
  func bugs() async throws {
    try await Stub.with { _ in
      .empty()
    } _: { stub in
      let mirakl = client(stub)
      let many = (0..<101).map { "\($0)" }
      #expect(await mirakl.orders(.orders(many)).error?.classification.isBug == true)
      #expect(await mirakl.accept("1", []).error?.classification.isBug == true)
      #expect(stub.requests.isEmpty)
      #expect(await MiraklClient.unstubbed.ship("1").error?.message == "OR24 is not stubbed")
    }
  }

  @Test("an account prints without its key")
  func printing() {
    let account = MiraklAccount(
      shopID: "bby", baseURL: "https://m.example/", apiKey: Self.key, miraklShopID: 1)
    var dumped = ""
    dump(account, to: &dumped)
    #expect(!"\(account) \(String(reflecting: account)) \(dumped)".contains(Self.key))
    #expect(account.baseURL == "https://m.example")
  }
}
