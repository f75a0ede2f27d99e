import Kit
import Sandbox
import Testing

@Suite("Marketplace, moving")
struct MarketplaceMovingTests {
  @Test("an accepted order passes through debit and payment at the pace that is set")
  func pace() async throws {
    let clock = Clock()
    var settings = SandboxSettings()
    settings.now = { clock.now }
    settings.acceptDelay = .seconds(5)
    settings.debitDelay = .seconds(10)
    settings.paymentDelay = .seconds(20)
    try await Outside.run(settings) { outside async throws in
      let id = outside.sandbox.addOrders(count: 1)[0].id
      let answer = try await outside.accept(id)
      #expect(answer.status == 204 && answer.body.isEmpty)
      #expect(try await outside.state(id) == "WAITING_ACCEPTANCE")
      clock.move(.seconds(5))
      #expect(try await outside.state(id) == "WAITING_DEBIT")
      clock.move(.seconds(10))
      #expect(try await outside.state(id) == "WAITING_DEBIT_PAYMENT")
      clock.move(.seconds(20))
      let order = try await outside.order(id)
      #expect(order["order_state"]?.string == "SHIPPING")
      #expect(order["can_shop_ship"]?.bool == true)
      #expect(order["acceptance_decision_date"]?.timestamp != nil)
    }
  }

  @Test("an order that nobody answers is refused by the timer, without a decision date")
  func timer() async throws {
    let clock = Clock()
    var settings = SandboxSettings()
    settings.now = { clock.now }
    settings.acceptanceTimer = .seconds(60)
    try await Outside.run(settings) { outside async throws in
      let id = outside.sandbox.addOrders(count: 1)[0].id
      clock.move(.seconds(61))
      let order = try await outside.order(id)
      #expect(order["order_state"]?.string == "REFUSED")
      #expect(order["acceptance_decision_date"]?.isNull == true)
      let late = try await outside.accept(id)
      #expect(late.status == 400)
      #expect(late.json?["code"]?.string == "ORDER_INVALID_STATE")
    }
  }

  @Test("a second accept is 400 even while the first is not visible yet, and it is noticed")
  func acceptTwice() async throws {
    var settings = SandboxSettings()
    settings.acceptDelay = .seconds(60)
    try await Outside.run(settings) { outside async throws in
      let id = outside.sandbox.addOrders(count: 1)[0].id
      #expect(try await outside.accept(id).status == 204)
      #expect(try await outside.accept(id).status == 400)
      let tally = outside.sandbox.tally()
      #expect(tally.orders[id]?.accepts == 1 && tally.orders[id]?.acceptCalls == 2)
      #expect(tally.violations.map(\.name) == ["accepted_again"])
    }
  }

  @Test(
    "the lines of an accept call are checked one by one",
    arguments: [
      (
        "{\"order_lines\":[{\"id\":\"ID-1\",\"accepted\":true}]}",
        "ORDER_LINE_ACCEPTANCE_DECISION_MISSING"
      ),
      (
        "{\"order_lines\":[{\"id\":\"ID-1\",\"accepted\":true},"
          + "{\"id\":\"ID-1\",\"accepted\":true}]}",
        "ORDER_LINE_DUPLICATE_ID"
      ),
      ("{\"order_lines\":[{\"id\":\"ID-9\",\"accepted\":true}]}", "ORDER_LINE_NOT_FOUND"),
      ("{\"order_lines\":[null]}", "ORDER_LINE_NULL_ELEMENT"),
      ("{\"order_lines\":[]}", "VALIDATION_ERROR"), ("{}", "VALIDATION_ERROR"),
      ("{\"order_lines\":[{\"id\":\"ID-1\",\"accepted\":\"yes\"}]}", "VALIDATION_ERROR"),
      ("{\"order_lines\":[{\"id\":7,\"accepted\":true}]}", "VALIDATION_ERROR"),
      ("not json", "VALIDATION_ERROR"),
    ])
  func acceptLines(_ body: String, _ code: String) async throws {
    try await Outside.run { outside async throws in
      let id = outside.sandbox.addOrders(count: 1, kinds: [.multiLine])[0].id
      let text = body.replacing("ID", with: id)
      let answer = try await outside.mirakl("PUT", "/api/orders/\(id)/accept", text)
      #expect(answer.status == 400)
      #expect(answer.json?["errors"]?.elements.first?["code"]?.string == code)
      #expect(outside.tally(id).accepts == 0)
    }
  }

  @Test("refused lines are REFUSED while the rest goes on; all refused is a refused order")
  func refusing() async throws {
    try await Outside.run { outside async throws in
      let ids = outside.sandbox.addOrders(count: 2, kinds: [.multiLine]).map(\.id)
      for (index, id) in ids.enumerated() {
        let lines = try await outside.order(id)["order_lines"]?.elements ?? []
        let decisions = lines.enumerated().map { number, line in
          let accepted = index == 0 && number == 0
          return "{\"id\":\"\(line["order_line_id"]?.string ?? "")\",\"accepted\":\(accepted)}"
        }
        let body = "{\"order_lines\":[\(decisions.joined(separator: ","))]}"
        #expect(try await outside.mirakl("PUT", "/api/orders/\(id)/accept", body).status == 204)
      }
      let mixed = try await outside.order(ids[0])
      let states = mixed["order_lines"]?.elements.compactMap { $0["order_line_state"]?.string }
      #expect(mixed["order_state"]?.string == "SHIPPING")
      #expect(
        states?.first == "SHIPPING" && states?.dropFirst().allSatisfy { $0 == "REFUSED" } == true)
      #expect(try await outside.state(ids[1]) == "REFUSED")
    }
  }

  @Test("JSON bodies need their content type")
  func contentType() async throws {
    try await Outside.run { outside async throws in
      let id = outside.sandbox.addOrders(count: 1)[0].id
      let answer = try await outside.send(
        "PUT", "/api/orders/\(id)/accept",
        [("Authorization", "sandbox-key"), ("Content-Type", "text/plain")], body: Array("{}".utf8))
      #expect(answer.status == 415)
    }
  }

  @Test("tracking comes first, then ship, once")
  func shipping() async throws {
    try await Outside.run { outside async throws in
      let id = outside.sandbox.addOrders(count: 1)[0].id
      #expect(try await outside.track(id, "7301").status == 400, "not in SHIPPING yet")
      _ = try await outside.accept(id)
      let early = try await outside.ship(id)
      #expect(early.status == 400 && early.text.contains("mandatory"))
      #expect(try await outside.track(id, "7301").status == 204)
      #expect(try await outside.ship(id).status == 204)
      #expect(try await outside.ship(id).status == 400)
      let order = try await outside.order(id)
      #expect(order["order_state"]?.string == "SHIPPED")
      #expect(order["shipping_tracking"]?.string == "7301")
      #expect(order["shipping_carrier_code"]?.string == "CPCL")
      #expect(order["order_lines"]?.elements.first?["shipped_date"]?.timestamp != nil)
      #expect(outside.tally(id).ships == 1 && outside.tally(id).shipCalls == 3)
    }
  }

  @Test("tracking wants a registered carrier with a number, or a name; empty means not given")
  func trackingForms() async throws {
    try await Outside.run { outside async throws in
      let id = outside.sandbox.addOrders(count: 1)[0].id
      _ = try await outside.accept(id)
      let forms = [
        ("{\"carrier_code\":\"UPS\",\"tracking_number\":\"1\"}", 400),
        ("{\"carrier_code\":\"CPCL\"}", 400), ("{}", 400),
        ("{\"carrier_code\":\"\",\"carrier_name\":\"\",\"tracking_number\":\"1\"}", 400),
        ("{\"carrier_code\":\"LTL\"}", 204),
        (
          "{\"carrier_code\":\"\",\"carrier_name\":\"Bike\",\"carrier_url\":\"https://x.example\","
            + "\"tracking_number\":\"9\"}",
          204
        ),
      ]
      for (body, status) in forms {
        let answer = try await outside.mirakl("PUT", "/api/orders/\(id)/tracking", body)
        #expect(answer.status == status, "\(body)")
      }
    }
  }

  @Test("OR29 cancels only while can_cancel is true")
  func cancelling() async throws {
    try await Outside.run { outside async throws in
      let id = outside.sandbox.addOrders(count: 1)[0].id
      #expect(try await outside.mirakl("PUT", "/api/orders/\(id)/cancel").status == 400)
      _ = try await outside.accept(id)
      #expect(try await outside.order(id)["can_cancel"]?.bool == true)
      #expect(try await outside.mirakl("PUT", "/api/orders/\(id)/cancel").status == 204)
      #expect(try await outside.state(id) == "CANCELED")
      #expect(try await outside.mirakl("PUT", "/api/orders/\(id)/cancel").status == 400)
    }
  }

  @Test("the special kinds end as their names say")
  func specialKinds() async throws {
    let clock = Clock()
    var settings = SandboxSettings()
    settings.now = { clock.now }
    try await Outside.run(settings) { outside async throws in
      func add(_ kind: OrderKind) -> String {
        outside.sandbox.addOrders(count: 1, kinds: [kind])[0].id
      }
      let before = add(.cancelledBeforeAccept)
      #expect(try await outside.accept(before).status == 400)
      #expect(try await outside.state(before) == "CANCELED")
      let after = add(.cancelledAfterAccept)
      #expect(try await outside.accept(after).status == 204)
      #expect(try await outside.state(after) == "CANCELED")
      let refused = add(.refused)
      #expect(try await outside.accept(refused).status == 400)
      #expect(try await outside.state(refused) == "REFUSED")
      let never = add(.neverAccepts)
      #expect(try await outside.accept(never).status == 204)
      #expect(try await outside.state(never) == "WAITING_ACCEPTANCE")
      #expect(outside.tally(never).accepts == 0 && outside.tally(never).acceptsIgnored == 1)
      let declined = add(.acceptRefused)
      let answer = try await outside.accept(declined)
      #expect(answer.json?["code"]?.string == "ORDER_FULFILLED_UNAUTHORIZED")
      let strange = add(.unknownStateThenHeals)
      #expect(try await outside.state(strange) == "WAITING_FRAUD_REVIEW")
      clock.move(.seconds(1))
      #expect(try await outside.state(strange) == "WAITING_ACCEPTANCE")
      for _ in 0..<6 {
        let missing = add(.missingFieldThenHeals)
        let broken = try await outside.order(missing)
        let line = broken["order_lines"]?.elements.first
        #expect(line == nil || line?["offer_sku"] == nil || line?["quantity"] == nil)
        clock.move(.seconds(1))
        let healed = try await outside.order(missing)["order_lines"]?.elements.first
        #expect(healed?["offer_sku"]?.string != nil && healed?["quantity"]?.int != nil)
      }
      let long = add(.tooLongAddress)
      _ = try await outside.accept(long)
      let street = try await outside.order(long)["customer"]?["shipping_address"]?["street_1"]
      #expect((street?.string?.count ?? 0) > 44)
    }
  }

  @Test("an order given as JSON keeps what it says and still lives")
  func explicit() async throws {
    try await Outside.run { outside async throws in
      let body = """
        {"orders":[{"order_id":"T-1-A","order_state":"SHIPPING","zz":[1.500,"é"],\
        "customer":{"customer_id":"c","shipping_address":{"city":"Gimli"}},\
        "order_lines":[{"order_line_id":"L1","offer_sku":"S","quantity":2}]}]}
        """
      #expect(try await outside.control("POST", "orders", body).status == 201)
      #expect(try await outside.control("POST", "orders", body).status == 400, "ids are unique")
      let order = try await outside.order("T-1-A")
      #expect(order["zz"]?.elements.first?.decimal == "1.500")
      #expect(order["customer"]?["shipping_address"]?["city"]?.string == "Gimli")
      #expect(try await outside.track("T-1-A", "123456789012").status == 204)
      #expect(try await outside.ship("T-1-A").status == 204)
      #expect(try await outside.state("T-1-A") == "SHIPPED")
    }
  }
}
