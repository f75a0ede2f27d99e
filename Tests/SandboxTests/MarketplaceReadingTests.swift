import HTTP
import Kit
import Sandbox
import Synchronization
import Testing

@Suite("Marketplace, reading")
struct MarketplaceReadingTests {
  @Test("a wrong or missing key is 401 before anything else")
  func wrongKey() async throws {
    try await Outside.run { outside async throws in
      for path in ["/api/orders?max=nonsense", "/api/nothing", "/api/account"] {
        let answer = try await outside.mirakl("GET", path, key: "wrong")
        #expect(answer.status == 401)
        #expect(answer.json?["status"]?.int == 401)
      }
      #expect(try await outside.send("GET", "/api/orders").status == 401)
    }
  }

  @Test("a page holds ten orders unless asked, and links to its neighbours")
  func pages() async throws {
    try await Outside.run { outside async throws in
      outside.sandbox.addOrders(count: 25)
      let first = try await outside.mirakl("GET", "/api/orders")
      #expect(first.json?["orders"]?.elements.count == 10)
      #expect(first.json?["total_count"]?.int == 25)
      let link = try #require(first.headers["Link"])
      #expect(link.contains("offset=10>; rel=\"next\"") && !link.contains("previous"))
      let last = try await outside.mirakl("GET", "/api/orders?max=10&offset=20")
      #expect(last.json?["orders"]?.elements.count == 5)
      let back = try #require(last.headers["Link"])
      #expect(back.contains("rel=\"previous\"") && !back.contains("next"))
      let all = try await outside.mirakl("GET", "/api/orders?paginate=false")
      #expect(all.json?["orders"]?.elements.count == 25)
      #expect(all.headers["Link"] == nil)
    }
  }

  @Test(
    "parameters that make no sense are 400 with the field named",
    arguments: [
      ("max", "101"), ("max", "0"), ("offset", "-1"), ("order_state_codes", "CANCELLED"),
      ("start_update_date", "2026-03-04T00:00:00 00:00"), ("sort", "price"), ("order", "up"),
    ])
  func badParameters(_ name: String, _ value: String) async throws {
    try await Outside.run { outside async throws in
      let encoded = PercentEncoding.encode(value)
      let answer = try await outside.mirakl("GET", "/api/orders?\(name)=\(encoded)")
      #expect(answer.status == 400)
      #expect(answer.json?["errors"]?.elements.first?["field"]?.string == name)
    }
  }

  @Test("more than a hundred ids are refused, unknown ones are left out")
  func ids() async throws {
    try await Outside.run { outside async throws in
      let ids = outside.sandbox.addOrders(count: 3).map(\.id)
      let some = try await outside.mirakl("GET", "/api/orders?order_ids=\(ids[2]),x,\(ids[0])")
      let found = some.json?["orders"]?.elements.compactMap { $0["order_id"]?.string }
      #expect(found == [ids[0], ids[2]])
      #expect(some.json?["total_count"]?.int == 2)
      let many = (0...100).map { "o\($0)" }.joined(separator: ",")
      #expect(try await outside.mirakl("GET", "/api/orders?order_ids=\(many)").status == 400)
      let none = try await outside.mirakl("GET", "/api/orders?order_ids=nobody")
      #expect(none.status == 200 && none.json?["total_count"]?.int == 0)
    }
  }

  @Test("a shop sees its own orders only, and shop_id must be one of the key's shops")
  func shops() async throws {
    try await Outside.run { outside async throws in
      let first = outside.sandbox.addOrders(count: 2)[0].id
      outside.sandbox.addOrders(count: 3, shop: 2002)
      let other = try await outside.mirakl("GET", "/api/orders", key: "sandbox-key-2")
      #expect(other.json?["total_count"]?.int == 3)
      let same = try await outside.mirakl("GET", "/api/orders?shop_id=2001")
      #expect(same.json?["total_count"]?.int == 2)
      #expect(try await outside.mirakl("GET", "/api/orders?shop_id=2002").status == 403)
      let foreign = try await outside.mirakl(
        "PUT", "/api/orders/\(first)/ship", key: "sandbox-key-2")
      #expect(foreign.status == 404)
      #expect(foreign.json?["code"]?.string == "ORDER_NOT_FOUND")
    }
  }

  @Test("start_update_date finds what moved since, and a little more")
  func updates() async throws {
    let clock = Clock()
    var settings = SandboxSettings()
    settings.now = { clock.now }
    try await Outside.run(settings) { outside async throws in
      let old = outside.sandbox.addOrders(count: 1)[0].id
      clock.move(.seconds(60))
      let moved = outside.sandbox.addOrders(count: 1)[0].id
      clock.move(.seconds(1))
      let since = clock.now.iso8601
      let path = "/api/orders?start_update_date=\(PercentEncoding.encode(since))"
      var answer = try await outside.mirakl("GET", path)
      var found = answer.json?["orders"]?.elements.compactMap { $0["order_id"]?.string }
      #expect(found == [moved], "one second before is inside the overlap")
      _ = try await outside.accept(old)
      answer = try await outside.mirakl("GET", path + "&order_state_codes=SHIPPING,SHIPPED")
      found = answer.json?["orders"]?.elements.compactMap { $0["order_id"]?.string }
      #expect(found == [old])
    }
  }

  @Test("addresses are there from SHIPPING on, and gone after a cancellation")
  func addresses() async throws {
    try await Outside.run { outside async throws in
      let id = outside.sandbox.addOrders(count: 1)[0].id
      var customer = try #require(try await outside.order(id)["customer"])
      #expect(customer["shipping_address"]?.isNull == true)
      #expect(customer["billing_address"]?.isNull == true)
      _ = try await outside.accept(id)
      customer = try #require(try await outside.order(id)["customer"])
      #expect(customer["shipping_address"]?["country_iso_code"]?.string == "CAN")
      #expect(outside.sandbox.cancel(id))
      customer = try #require(try await outside.order(id)["customer"])
      #expect(customer["shipping_address"]?.isNull == true)
    }
  }

  @Test("OR12 is gone, ST* is off, XML is not acceptable, a wrong verb is 405, no length is 411")
  func edges() async throws {
    try await Outside.run { outside async throws in
      #expect(try await outside.mirakl("GET", "/api/orders/1-A").status == 410)
      #expect(try await outside.mirakl("GET", "/api/shipments").status == 404)
      #expect(try await outside.mirakl("POST", "/api/orders", "{}").status == 405)
      let xml = try await outside.send(
        "GET", "/api/orders", [("Authorization", "sandbox-key"), ("Accept", "application/xml")])
      #expect(xml.status == 406)
      let bare = try RawSocket.exchange(
        port: outside.sandbox.port,
        "PUT /api/orders/1-A/ship HTTP/1.1\r\nHost: x\r\nAuthorization: sandbox-key\r\n"
          + "Connection: close\r\n\r\n")
      #expect(bare.hasPrefix("HTTP/1.1 411"))
    }
  }

  @Test("carriers, account, platform and version answer in their shapes")
  func reference() async throws {
    try await Outside.run { outside async throws in
      let carriers = try await outside.mirakl("GET", "/api/shipping/carriers")
      let codes = carriers.json?["carriers"]?.elements.compactMap { $0["code"]?.string } ?? []
      #expect(codes.contains("CPCL"))
      let account = try await outside.mirakl("GET", "/api/account")
      #expect(account.json?["shop_id"]?.int == 2001)
      let platform = try await outside.mirakl("GET", "/api/platform/configuration")
      #expect(platform.json?["features"]?["shipment"]?["multi_shipment"]?.bool == false)
      #expect(try await outside.send("GET", "/api/version").status == 200)
    }
  }

  @Test("a limit on OR11 answers 429 with whole seconds to wait")
  func limit() async throws {
    var settings = SandboxSettings()
    settings.ordersLimit = .init(calls: 2, per: .seconds(60))
    try await Outside.run(settings) { outside async throws in
      for _ in 0..<2 { #expect(try await outside.mirakl("GET", "/api/orders").status == 200) }
      let answer = try await outside.mirakl("GET", "/api/orders")
      #expect(answer.status == 429)
      #expect(Int(answer.headers["Retry-After"] ?? "") ?? 0 >= 1)
      let other = try await outside.mirakl("GET", "/api/orders", key: "sandbox-key-2")
      #expect(other.status == 200)
    }
  }
}

/// A clock that moves when it is told to.
final class Clock: Sendable {
  private let time = Mutex(Timestamp(microseconds: 1_772_636_767_000_000))
  var now: Timestamp { time.withLock { $0 } }
  func move(_ by: Duration) { time.withLock { $0 = $0 + by } }
}
