import HTTP
import HTTPClient
import Kit
import Sandbox
import Testing
import XML

@Suite("Dials")
struct DialTests {
  private func lost(_ body: () async throws -> Outside.Answer) async -> HTTPClientError? {
    do {
      _ = try await body()
      return nil
    } catch {
      return error as? HTTPClientError
    }
  }

  @Test("answer_lost does the work, request_lost does not; both close the connection")
  func lostAnswers() async throws {
    try await Outside.run { outside async throws in
      let ids = outside.sandbox.addOrders(count: 2, kinds: [.single]).map(\.id)
      outside.sandbox.setDials([
        FaultRule(call: "accept", fault: .answerLost, orders: [ids[0]], times: 1),
        FaultRule(call: "accept", fault: .requestLost, orders: [ids[1]], times: 1),
      ])
      for id in ids {
        let error = await lost { try await outside.accept(id) }
        #expect(error?.code == .connectionLost)
        #expect(error?.mayHaveReachedServer == true)
      }
      #expect(outside.tally(ids[0]).accepts == 1)
      #expect(outside.tally(ids[1]).acceptCalls == 0)
      #expect(try await outside.accept(ids[1]).status == 204, "times: 1 is over")
    }
  }

  @Test("a label can be bought although the answer never comes")
  func lostLabel() async throws {
    try await Outside.run { outside async throws in
      outside.sandbox.setDials([FaultRule(call: "create_shipment", fault: .answerLost)])
      let error = await lost { try await outside.create(ShipmentXML()) }
      #expect(error?.code == .connectionLost)
      #expect(outside.tally("270000000-A").labelsBought == 1)
    }
  }

  @Test("a truncated answer announces more than it brings")
  func truncated() async throws {
    try await Outside.run { outside async throws in
      outside.sandbox.addOrders(count: 3)
      outside.sandbox.setDials([FaultRule(call: "orders", fault: .truncated, times: 1)])
      let error = await lost { try await outside.mirakl("GET", "/api/orders") }
      #expect(error?.code == .connectionLost)
      #expect(try await outside.mirakl("GET", "/api/orders").status == 200)
    }
  }

  @Test("slow waits, after the work or before it")
  func slow() async throws {
    try await Outside.run { outside async throws in
      let ids = outside.sandbox.addOrders(count: 2, kinds: [.single]).map(\.id)
      outside.sandbox.setDials([
        FaultRule(call: "accept", fault: .slow, orders: [ids[0]], ms: 60_000),
        FaultRule(call: "accept", fault: .slow, orders: [ids[1]], when: .before, ms: 300),
      ])
      let error = await lost {
        try await outside.mirakl(
          "PUT", "/api/orders/\(ids[0])/accept", deadline: .seconds(6),
          "{\"order_lines\":[{\"id\":\"\(ids[0])-1\",\"accepted\":true}]}")
      }
      #expect(error?.code == .timedOut)
      #expect(outside.tally(ids[0]).accepts == 1)
      let clock = ContinuousClock()
      let took = try await clock.measure { _ = try await outside.accept(ids[1]) }
      #expect(took >= .milliseconds(290))
    }
  }

  @Test("throttling speaks each service's own language")
  func throttled() async throws {
    try await Outside.run { outside async throws in
      outside.sandbox.setDials([FaultRule(call: "*", fault: .throttled, retryAfter: 7)])
      let market = try await outside.mirakl("GET", "/api/orders")
      #expect(market.status == 429 && market.headers["Retry-After"] == "7")
      let carrier = try await outside.create(ShipmentXML())
      #expect(carrier.codes == ["Server"] && carrier.text.contains("Rejected by SLM Monitor"))
      #expect(outside.sandbox.tally().totals.labelsBought == 0)
    }
  }

  @Test("breakdowns come before the work, or after it when told")
  func breakdowns() async throws {
    try await Outside.run { outside async throws in
      let ids = outside.sandbox.addOrders(count: 3, kinds: [.single]).map(\.id)
      outside.sandbox.setDials([
        FaultRule(call: "accept", fault: .status, orders: [ids[0]], status: 503),
        FaultRule(call: "accept", fault: .html502, orders: [ids[1]], when: .after),
      ])
      #expect(try await outside.accept(ids[0]).status == 503)
      #expect(outside.tally(ids[0]).accepts == 0)
      let html = try await outside.accept(ids[1])
      #expect(html.status == 502 && html.text.contains("<html>"))
      #expect(outside.tally(ids[1]).accepts == 1)
      outside.sandbox.setDials([
        FaultRule(call: "create_shipment", fault: .cvcError, times: 1),
        FaultRule(call: "create_shipment", fault: .twoMessages, times: 1),
      ])
      let cvc = try await outside.create(ShipmentXML())
      #expect(cvc.status == 500 && cvc.text.contains("cvc-"))
      #expect(try await outside.create(ShipmentXML()).codes.count == 2)
      #expect(outside.sandbox.tally().totals.labelsBought == 0)
    }
  }

  @Test("answers can be wrong in many ways while the work is done")
  func wrongAnswers() async throws {
    try await Outside.run { outside async throws in
      func create(_ fault: Fault) async throws -> Outside.Answer {
        outside.sandbox.setDials([FaultRule(call: "create_shipment", fault: fault)])
        return try await outside.create(ShipmentXML())
      }
      let schema = try await create(.schemaError)
      #expect(schema.status == 200 && schema.xml?.first("shipment-id") == nil)
      #expect(try await create(.malformed).xml == nil)
      let bomb = try await create(.entityBomb)
      #expect(bomb.text.contains("<!ENTITY") && bomb.xml == nil)
      #expect(try await create(.noPin).xml?.first("tracking-pin") == nil)
      #expect(try await create(.constantPin).xml?.first("tracking-pin")?.text == "123456789012")
      #expect(try await create(.unknownState).xml?.first("shipment-status")?.text == "pondering")
      let bare = try await create(.noNamespace)
      #expect(!bare.text.contains("xmlns") && bare.xml?.first("shipment-id") != nil)
      #expect(try await create(.foreignHref).href("label")?.contains("carrier.example") == true)
      #expect(outside.sandbox.tally().totals.labelsBought == 8)
    }
  }

  @Test("orders can come twice, turned around, in an unheard-of state, or as nonsense")
  func wrongPages() async throws {
    try await Outside.run { outside async throws in
      let ids = outside.sandbox.addOrders(count: 4).map(\.id)
      func page(_ rule: FaultRule) async throws -> Outside.Answer {
        outside.sandbox.setDials([rule])
        return try await outside.mirakl("GET", "/api/orders")
      }
      func found(_ answer: Outside.Answer) -> [String] {
        answer.json?["orders"]?.elements.compactMap { $0["order_id"]?.string } ?? []
      }
      let twice = try await page(FaultRule(call: "orders", fault: .duplicated))
      #expect(found(twice) == ids + ids.prefix(2))
      let turned = try await page(FaultRule(call: "orders", fault: .reordered))
      #expect(found(turned) == ids.reversed())
      let one = try await page(
        FaultRule(call: "orders", fault: .unknownState, orders: [ids[1]], state: "PARKED"))
      let states = one.json?["orders"]?.elements.compactMap { $0["order_state"]?.string } ?? []
      #expect(states.count(where: { $0 == "PARKED" }) == 1 && states[1] == "PARKED")
      let hidden = try await page(FaultRule(call: "orders", fault: .notShown, orders: [ids[1]]))
      #expect(found(hidden) == [ids[0], ids[2], ids[3]])
      #expect(hidden.json?["total_count"]?.int == 3)
      let wrong = try await page(FaultRule(call: "orders", fault: .schemaError))
      #expect(wrong.status == 200 && wrong.json?["total_count"]?.int == nil)
      #expect(try await page(FaultRule(call: "orders", fault: .malformed)).json == nil)
      #expect(try await page(FaultRule(call: "orders", fault: .entityBomb)).json == nil)
      let huge = try await page(FaultRule(call: "orders", fault: .huge, bytes: 2_000_000))
      #expect(huge.body.count > 2_000_000)
    }
  }

  @Test("not_ready counts its reads per label; a label can be spoiled")
  func labels() async throws {
    try await Outside.run { outside async throws in
      let hrefs = [
        try await outside.create(ShipmentXML(order: "a")).href("label") ?? "",
        try await outside.create(ShipmentXML(order: "b")).href("label") ?? "",
      ]
      outside.sandbox.setDials([
        FaultRule(call: "artifact", fault: .notReady, times: 2, retryAfter: 1)
      ])
      for href in hrefs {
        for status in [202, 202, 200] {
          let answer = try await outside.carrier("GET", href, type: "application/pdf")
          #expect(answer.status == status)
        }
      }
      for variant in ["tiny", "not_pdf", "cut", "wrong_pin"] {
        outside.sandbox.setDials([
          FaultRule(call: "artifact", fault: .badLabel, variant: variant)
        ])
        let answer = try await outside.carrier("GET", hrefs[0], type: "application/pdf")
        #expect(answer.status == 200)
        #expect(answer.text.hasPrefix("%PDF") == (variant != "not_pdf"))
      }
    }
  }

  @Test("an order can be cancelled at the very moment of a call")
  func lateCancel() async throws {
    try await Outside.run { outside async throws in
      let ids = outside.sandbox.addOrders(count: 2, kinds: [.single]).map(\.id)
      outside.sandbox.setDials([
        FaultRule(call: "accept", fault: .lateCancel, orders: [ids[0]]),
        FaultRule(call: "create_shipment", fault: .lateCancel, orders: [ids[1]], when: .after),
      ])
      #expect(try await outside.accept(ids[0]).status == 400)
      #expect(try await outside.state(ids[0]) == "CANCELED")
      _ = try await outside.accept(ids[1])
      #expect(try await outside.create(ShipmentXML(order: ids[1])).status == 200)
      #expect(try await outside.track(ids[1], "1").status == 400)
      let names = outside.sandbox.tally().violations.map(\.name)
      #expect(names == ["live_label_for_cancelled_order"])
    }
  }

  @Test("accept_ignored answers 204 and moves nothing; a search can lag")
  func quiet() async throws {
    try await Outside.run { outside async throws in
      let id = outside.sandbox.addOrders(count: 1)[0].id
      outside.sandbox.setDials([
        FaultRule(call: "accept", fault: .acceptIgnored, times: 1),
        FaultRule(call: "find_shipments", fault: .searchLag, times: 1, ms: 60_000),
      ])
      #expect(try await outside.accept(id).status == 204)
      #expect(try await outside.state(id) == "WAITING_ACCEPTANCE")
      #expect(try await outside.accept(id).status == 204)
      #expect(try await outside.state(id) == "SHIPPING")
      _ = try await outside.create(ShipmentXML())
      let path = "\(Outside.customer)/shipment?requestId=BBY-0001"
      #expect(try await outside.carrier("GET", path).xml?.all("link").isEmpty == true)
      #expect(try await outside.carrier("GET", path).xml?.all("link").count == 1)
    }
  }

  @Test("the same seed and the same calls per order give the same faults in any order")
  func repeatable() async throws {
    func faulty(_ seed: UInt64, _ order: [Int]) async throws -> Set<String> {
      var hit: Set<String> = []
      try await Outside.run { outside async throws in
        let ids = outside.sandbox.addOrders(count: 40).map(\.id)
        outside.sandbox.setDials(
          [FaultRule(call: "accept", fault: .status, probability: 0.5)], seed: seed)
        for index in order where try await outside.accept(ids[index]).status == 500 {
          hit.insert(ids[index])
        }
      }
      return hit
    }
    let forward = Array(0..<40)
    let first = try await faulty(7, forward)
    #expect((8...32).contains(first.count))
    #expect(try await faulty(7, forward.reversed()) == first)
    #expect(try await faulty(8, forward) != first)
  }

  @Test("dials are set over HTTP; a slip of the pen is refused")
  func control() async throws {
    try await Outside.run { outside async throws in
      let put = try await outside.control(
        "PUT", "dials",
        """
        {"seed":7,"rules":[{"call":"orders","fault":"status","status":503,"after":1,"every":2,\
        "times":1}]}
        """)
      #expect(put.status == 200)
      var statuses: [Int] = []
      for _ in 0..<5 { statuses.append(try await outside.mirakl("GET", "/api/orders").status) }
      #expect(statuses == [200, 200, 503, 200, 200])
      let rules = try await outside.control("GET", "dials").json?["rules"]?.elements
      #expect(rules?.first?["fired"]?.int == 1)
      for slip in [
        "{\"call\":\"acept\",\"fault\":\"slow\"}", "{\"call\":\"*\",\"fault\":\"x\"}",
        "{\"call\":\"*\",\"fault\":\"slow\",\"time\":1}",
        "{\"call\":\"*\",\"fault\":\"slow\",\"probability\":2}",
      ] {
        let answer = try await outside.control("PUT", "dials", "{\"rules\":[\(slip)]}")
        #expect(answer.status == 400, "\(slip)")
      }
      #expect(try await outside.control("DELETE", "dials").status == 204)
      #expect(try await outside.control("GET", "dials").json?["rules"]?.elements.isEmpty == true)
    }
  }
}
