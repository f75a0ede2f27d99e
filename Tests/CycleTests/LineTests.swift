import Kit
import Ledger
import Operations
import Orders
import People
import Sandbox
import Testing

/// Lines that are cancelled, refused or refunded while their order goes on.
@Suite struct `Lines taken back` {
  private static let told = "select details from process_failures where process_name = 'OrderLines'"

  @Test func `a cancelled line holds its order, once, until a person lets it go on`() async throws {
    try await House.with { house in
      house.sandbox.setDials([
        FaultRule(call: "create_shipment", fault: .throttled, retryAfter: 1)
      ])
      let id = house.sell("LAP", lines: 2)
      try await house.work {
        try await both(house.status(id) == .accepted) { house.requests("create_shipment") > 0 }
      }
      #expect(house.sandbox.cancelLine(1, of: id))
      try await house.work { try await house.ledger.situation().held == 1 }
      house.sandbox.setDials([])
      let details = try await house.ask(Self.told)
      #expect(details.count == 1)
      #expect(details.first??.contains("line 2 (LAP): cancelled") == true)
      #expect(house.notified.failures.map(\.processName).contains(ProcessFailure.lines))
      #expect(
        try await house.ask("select actor || ': ' || reason from order_holds")
          == ["quayside: taken back at the marketplace: line 2"])
      let other = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.status(other) == .shipped }
      #expect(try await house.status(id) == .accepted)
      #expect(house.sandbox.tally().orders[id]?.labelsBought == 0)
      try await house.desk.release(id, by: "tester")
      // The line is shown as cancelled at every look, and nobody is told once more.
      try await shipped(house, [id])
      #expect(try await house.ask(Self.told) == details)
      #expect(
        try await house.ask("select resolved_by from process_failures where order_id = '\(id)'")
          == ["tester"])
    }
  }

  @Test func `a line that went since the last pull keeps the label from being bought`()
    async throws
  {
    try await House.with { house in
      house.sandbox.setDials([
        FaultRule(call: "create_shipment", fault: .status, status: 401)
      ])
      let id = house.sell("LAP", lines: 2)
      try await house.work {
        try await both(house.status(id) == .accepted) { house.requests("create_shipment") > 0 }
      }
      house.sandbox.setDials([])
      #expect(house.sandbox.cancelLine(1, of: id))
      try await house.work(pulls: false) { try await house.ledger.situation().held == 1 }
      #expect(house.sandbox.tally().orders[id]?.labelsBought == 0)
      try await house.desk.release(id, by: "tester")
      try await shipped(house, [id])
      #expect(try await house.ask(Self.told).count == 1)
    }
  }

  @Test func `one more line that goes after a release holds the order again`() async throws {
    try await House.with({ $0.adjust = { $0.shipAfter = .packing } }) { house in
      let id = house.sell("LAP", lines: 3)
      try await house.work { try await house.status(id) == .labelCreated }
      for line in [0, 2] {
        #expect(house.sandbox.cancelLine(line, of: id))
        try await house.work { try await house.ledger.situation().held == 1 }
        try await house.desk.release(id, by: "tester")
      }
      let details = try await house.ask(Self.told + " order by failure_id").compactMap { $0 }
      #expect(details.count == 2)
      #expect(details.last?.contains("line 1 (LAP): cancelled; line 3 (LAP): cancelled") == true)
      for _ in 0..<2 { _ = await house.puller().pass(.sweep) }
      #expect(try await house.ledger.situation().held == 0)
      #expect(try await house.ledger.situation().failures == 0)
    }
  }

  @Test func `an order of which some was cancelled before it was first seen is held at once`()
    async throws
  {
    try await House.with { house in
      let text = """
        {"order_id": "PART-1", "order_state": "SHIPPING", "currency_iso_code": "CAD",
         "created_date": "\(Timestamp.now().iso8601)", "customer": {"shipping_address": {
           "firstname": "Ada", "lastname": "Example", "street_1": "1 Main St", "city": "Halifax",
           "state": "NS", "zip_code": "B3J1A1", "country": "CA", "country_iso_code": "CAN"}},
         "order_lines": [{"order_line_id": "PART-1-1", "order_line_index": 1, "offer_sku": "LAP",
           "quantity": 3, "cancelations": [{"id": "1", "quantity": 2}],
           "refunds": [{"id": "2", "quantity": null}]}]}
        """
      #expect(house.sandbox.addOrder(try JSONValue.parse(Array(text.utf8))))
      _ = await house.puller().pass(.poll)
      #expect(try await house.status("PART-1") == .accepted)
      #expect(try await house.ledger.situation().held == 1)
      #expect(
        try await house.ask(Self.told).first??.contains(
          "line 1 (LAP): 2 pieces cancelled, refunded in part") == true)
      #expect(try await house.effectStates("buy_label").isEmpty)
      // Over outside, it is nobody's question any more.
      #expect(house.sandbox.cancel("PART-1"))
      try await house.work { try await house.status("PART-1") == .cancelled }
      #expect(try await house.ledger.situation().failures == 0)
    }
  }
}
