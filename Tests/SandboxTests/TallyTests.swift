import Kit
import Sandbox
import Testing
import XML

@Suite("Tally")
struct TallyTests {
  /// Takes an order the whole way; the tracking number that was used.
  private func cycle(_ outside: Outside, _ id: String) async throws -> String {
    let lines = try await outside.order(id)["order_lines"]?.elements.count ?? 1
    _ = try await outside.accept(id, lines: lines)
    let label = try await outside.create(ShipmentXML(order: id, requestID: "R-\(id)"))
    let pin = label.xml?.first("tracking-pin")?.text ?? ""
    _ = try await outside.carrier("GET", label.href("label") ?? "", type: "application/pdf")
    _ = try await outside.track(id, pin)
    _ = try await outside.ship(id)
    return pin
  }

  @Test("every ordinary kind of order goes the whole way, one of each, no violation")
  func normal() async throws {
    try await Outside.run { outside async throws in
      let orders = outside.sandbox.addOrders(count: OrderKind.normal.count)
      for order in orders {
        let pin = try await cycle(outside, order.id)
        let tally = outside.tally(order.id)
        #expect(tally.state == "SHIPPED" && tally.kind == order.kind.rawValue)
        #expect(tally.accepts == 1 && tally.acceptCalls == 1 && tally.firstAcceptAt != nil)
        #expect(tally.labelsBought == 1 && tally.labelsLive == 1 && tally.livePins == [pin])
        #expect(tally.trackings == 1 && tally.tracking == pin && tally.ships == 1)
        #expect(tally.artifactReads == 1 && tally.reads == 1)
      }
      let tally = outside.sandbox.tally()
      #expect(tally.violations.isEmpty)
      #expect(tally.totals.states == ["SHIPPED": orders.count])
      let json = try #require(try await outside.control("GET", "tally").json)
      #expect(json["totals"]?["labels_live"]?.int == Int64(orders.count))
      #expect(json["orders"]?[orders[0].id]?["first_accept_at"]?.timestamp != nil)
      #expect(json["violations"]?.elements.isEmpty == true)
    }
  }

  @Test("a label for an order that was read as cancelled is a violation")
  func cancelledOrder() async throws {
    try await Outside.run { outside async throws in
      let id = outside.sandbox.addOrders(count: 1)[0].id
      _ = try await outside.accept(id)
      #expect(try await outside.control("POST", "orders/\(id)/cancel", "").status == 200)
      #expect(try await outside.state(id) == "CANCELED")
      let own = try await outside.create(ShipmentXML(order: id)).href("self") ?? ""
      var names = outside.sandbox.tally().violations.map(\.name)
      #expect(names == ["label_for_cancelled_order", "live_label_for_cancelled_order"])
      _ = try await outside.carrier("DELETE", own)
      names = outside.sandbox.tally().violations.map(\.name)
      #expect(names == ["label_for_cancelled_order"])
    }
  }

  @Test("an order cancelled by its label's purchase has to be voided, not shipped")
  func cancelledAfterLabel() async throws {
    try await Outside.run { outside async throws in
      let id = outside.sandbox.addOrders(count: 1, kinds: [.cancelledAfterLabel])[0].id
      _ = try await outside.accept(id)
      let own = try await outside.create(ShipmentXML(order: id)).href("self") ?? ""
      #expect(try await outside.state(id) == "CANCELED")
      #expect(try await outside.track(id, "1").status == 400)
      #expect(try await outside.carrier("DELETE", own).status == 204)
      #expect(outside.sandbox.tally().violations.isEmpty)
    }
  }

  @Test("shipping with another number than the label's, or changing it, is noticed")
  func wrongNumber() async throws {
    try await Outside.run { outside async throws in
      let id = outside.sandbox.addOrders(count: 1)[0].id
      _ = try await outside.accept(id)
      _ = try await outside.create(ShipmentXML(order: id))
      _ = try await outside.track(id, "111")
      _ = try await outside.track(id, "222")
      _ = try await outside.ship(id)
      let names = outside.sandbox.tally().violations.map(\.name)
      #expect(names == ["tracking_changed", "shipped_without_its_label"])
    }
  }

  @Test("orders are invented over HTTP, by kind and shop, and can be looked at one by one")
  func inventing() async throws {
    try await Outside.run { outside async throws in
      let made = try await outside.control(
        "POST", "orders", "{\"count\":4,\"kinds\":[\"french\",\"single\"],\"shop\":2002}")
      #expect(made.status == 201)
      let kinds = made.json?["orders"]?.elements.compactMap { $0["kind"]?.string }
      #expect(kinds == ["french", "single", "french", "single"])
      let id = made.json?["orders"]?.elements.first?["order_id"]?.string ?? ""
      let one = try await outside.control("GET", "orders/\(id)")
      #expect(one.json?["order"]?["customer"]?["locale"]?.string == "fr_CA")
      #expect(one.json?["tally"]?["shop"]?.int == 2002)
      let bad = try await outside.control("POST", "orders", "{\"count\":1,\"kinds\":[\"blue\"]}")
      #expect(bad.status == 400)
      #expect(try await outside.control("GET", "orders").json?["count"]?.int == 4)
      #expect(try await outside.control("GET", "health").status == 200)
    }
  }

  @Test("requests are kept for tests, without the credentials, and reset forgets all")
  func requests() async throws {
    try await Outside.run { outside async throws in
      let id = outside.sandbox.addOrders(count: 1)[0].id
      _ = try await outside.accept(id)
      let log = try await outside.control("GET", "requests?call=accept")
      let entry = try #require(log.json?["requests"]?.elements.first)
      #expect(entry["order"]?.string == id && entry["status"]?.int == 204)
      #expect(entry["body"]?.string?.contains("accepted") == true)
      #expect(!log.text.contains("sandbox-key"))
      #expect(try await outside.control("POST", "reset", "").status == 204)
      #expect(outside.sandbox.tally().orders.isEmpty && outside.sandbox.requests.isEmpty)
    }
  }
}
