import Kit
import Ledger
import Operations
import Orders
import People
import Postgres
import Sandbox
import Stock
import Testing

/// What orders do to the stock, from the first look at them to their end.
@Suite struct `Parts of orders` {
  @Test func `an order takes its parts on, and they leave once when it ships`() async throws {
    try await House.with { house in
      try await house.stockLaptop(ram: 5, ssd: 5)
      let id = house.sell("LAP", units: 2)
      _ = await house.puller().pass(.poll)
      #expect(try await house.stock() == ["RAM 5/4", "SSD 5/2"])
      #expect(
        try await house.ledger.parts(of: id).map { "\($0.code) \($0.perUnit)x\($0.units)" }
          == ["RAM 2x2", "SSD 1x2"])
      try await shipped(house, [id])
      #expect(try await house.stock() == ["RAM 1/0", "SSD 3/0"])
      // The whole story again changes nothing.
      for _ in 0..<2 { _ = await house.puller().pass(.sweep) }
      #expect(try await house.stock() == ["RAM 1/0", "SSD 3/0"])
      #expect(
        try await house.ask(
          "select kind || ' ' || sum(delta) from stock_movements where order_id is not null group by kind"
        )
          == ["shipped -6"])
      try await house.checkStock()
    }
  }

  @Test func `an order that is cancelled lets its parts go`() async throws {
    try await House.with { house in
      try await house.stockLaptop(ram: 5, ssd: 5)
      let id = house.sell("LAP")
      _ = await house.puller().pass(.poll)
      #expect(try await house.stock() == ["RAM 5/2", "SSD 5/1"])
      #expect(house.sandbox.cancel(id))
      try await house.work { try await house.status(id) == .cancelled }
      #expect(try await house.stock() == ["RAM 5/0", "SSD 5/0"])
      #expect(try await house.ledger.parts(of: id).map(\.pieces) == [2, 1])
      try await house.checkStock()
    }
  }

  @Test func `an order that is stored while its SKU is mapped gets its parts in the sweep`()
    async throws
  {
    try await House.with({ $0.adjust = { $0.unknownSKUs = .accept } }) { house in
      try await house.stockLaptop(ram: 5, ssd: 5)
      let old = house.sell("NEW")
      let id = house.sell("NEW")
      _ = await house.puller().pass(.poll)
      // As the mapping leaves it that looked for waiting orders before these were stored.
      try await house.script(
        """
        insert into shop_sku_map (shop_sku, shop_id, variant_id)
        select 'NEW', '', id from product_variants where internal_sku = 'LAP-IN';
        update orders set status_since = now() - interval '1 day' where order_id = '\(old)'
        """)
      house.sandbox.setDials([FaultRule(call: "mirakl", fault: .status, status: 503)])
      try await house.work(pulls: false) { try await house.stock() == ["RAM 5/2", "SSD 5/1"] }
      #expect(try await house.ledger.parts(of: id).map(\.pieces) == [2, 1])
      #expect(try await house.ledger.takeWaitingParts(within: .hours(48)) == 1)
      #expect(try await house.stock() == ["RAM 5/4", "SSD 5/2"])
      #expect(try await house.ledger.takeWaitingParts(within: .hours(48)) == 0)
      try await house.checkStock()
    }
  }

  @Test func `a bill or a mapping may take longer where many orders are open`() async throws {
    try await House.with({ $0.adjust = { $0.unknownSKUs = .accept } }) { house in
      try await house.stockLaptop(ram: 5, ssd: 5)
      let id = house.sell("NEW")
      _ = await house.puller().pass(.poll)
      try await house.script(
        """
        alter function take_waiting_parts(timestamptz, timestamptz) rename to take_at_once;
        create function take_waiting_parts(timestamptz, timestamptz) returns bigint language sql as
        $$ select pg_sleep(7); select take_at_once($1, $2) $$
        """)
      var limits = LedgerLimits()
      limits.queryDeadline = .seconds(6)
      let ledger = Ledger(pool: house.pool, limits: limits)
      let mapping = MappingDraft(shopSKU: "NEW", internalSKU: "LAP-IN", price: nil)
      #expect(try await ledger.map(mapping, by: "tester") == 1)
      #expect(try await house.ledger.parts(of: id).map(\.pieces) == [2, 1])
      try await ledger.save(VariantDraft(internalSKU: "LAP-IN", bill: [("SSD", 3)]))
    }
  }

  @Test func `editing a bill of materials changes no order that was taken on`() async throws {
    try await House.with { house in
      try await house.stockLaptop(ram: 5, ssd: 5)
      let id = house.sell("LAP")
      _ = await house.puller().pass(.poll)
      try await house.ledger.save(VariantDraft(internalSKU: "LAP-IN", bill: [("SSD", 3)]))
      let later = house.sell("LAP")
      _ = await house.puller().pass(.poll)
      #expect(try await house.ledger.parts(of: id).map(\.pieces) == [2, 1])
      #expect(try await house.ledger.parts(of: later).map(\.pieces) == [3])
      try await house.checkStock()
    }
  }

  @Test func `what ships beyond the count is written down as found`() async throws {
    try await House.with { house in
      try await house.stockLaptop(ram: 1, ssd: 5)
      let id = house.sell("LAP")
      try await shipped(house, [id])
      #expect(try await house.stock() == ["RAM 0/0", "SSD 4/0"])
      #expect(
        try await house.ask("select delta::text from stock_movements where kind = 'corrected'")
          == ["1"])
      try await house.checkStock()
    }
  }

  @Test func `of two orders that race for the last part one is held until more comes`()
    async throws
  {
    try await House.with({ plan in
      plan.adjust = { $0.acceptance = AcceptancePolicy(onShortStock: .hold) }
    }) { house in
      try await house.stockLaptop(ram: 3, ssd: 5)
      let ids = [house.sell("LAP"), house.sell("LAP")]
      // Two processes look at the same moment, each at both.
      let pullers = [house.puller(), house.puller()]
      await withTaskGroup(of: Void.self) { group in
        for puller in pullers { group.addTask { _ = await puller.pass(.poll) } }
      }
      #expect(try await house.stock() == ["RAM 3/2", "SSD 5/1"])
      let held = try await house.orders().values.filter { $0.status == .parked }
      #expect(held.count == 1)
      #expect(held.first?.parkedReason?.contains("short of RAM: needs 2, free 1") == true)
      try await house.work { try await house.orders().values.contains { $0.status == .shipped } }
      try await house.receive("RAM", 1)
      try await house.work { try await house.are(ids, .shipped) }
      #expect(try await house.stock() == ["RAM 0/0", "SSD 3/0"])
      for id in ids { #expect(house.sandbox.tally().orders[id]?.acceptCalls == 1) }
      try await house.checkStock()
    }
  }

  @Test func `one SKU on two lines counts together`() async throws {
    try await House.with({ plan in
      plan.adjust = { $0.acceptance = AcceptancePolicy(onShortStock: .hold) }
    }) { house in
      try await house.stockLaptop(ram: 3, ssd: 5)
      let id = house.sell("LAP", lines: 2)
      _ = await house.puller().pass(.poll)
      #expect(try await house.status(id) == .parked)
      #expect(try await house.stock() == ["RAM 3/0", "SSD 5/0"])
      try await house.receive("RAM", 1)
      _ = await house.puller().rereadStale()
      #expect(try await house.status(id) == .pendingAcceptance)
      #expect(try await house.stock() == ["RAM 4/4", "SSD 5/2"])
      let untold = try await house.count(
        "select count(*) from order_status_history where correlation_id is null")
      #expect(untold == 0)
      try await house.checkStock()
    }
  }

  @Test func `a person accepts what the policy holds`() async throws {
    try await House.with({ plan in
      plan.adjust = { $0.acceptance = AcceptancePolicy(onManyUnits: .hold, lineUnitsMax: 1) }
    }) { house in
      try await house.stockLaptop(ram: 9, ssd: 9)
      let id = house.sell("LAP", units: 2)
      _ = await house.puller().pass(.poll)
      #expect(try await house.status(id) == .parked)
      try await house.desk.acceptAnyway(id, by: "tester")
      #expect(try await house.stock() == ["RAM 9/4", "SSD 9/2"])
      try await shipped(house, [id])
      #expect(
        try await house.ask(
          "select actor from order_status_history where cause like 'to be accepted, says%'") == [
            "tester"
          ])
      await #expect(throws: Desk.Refusal.self) {
        try await house.desk.acceptAnyway(id, by: "tester")
      }
    }
  }

  @Test func `what the policy refuses is refused once, and proved`() async throws {
    try await House.with({ plan in
      plan.adjust = {
        $0.acceptance = AcceptancePolicy(onPriceGap: .refuse, priceGapPercent: 20)
      }
    }) { house in
      try await house.stockLaptop(ram: 9, ssd: 9, price: 100_00)
      let cheap = house.sell("LAP", price: "79.99")
      let fair = house.sell("LAP", price: "80.00")
      try await house.work { try await house.status(cheap) == .cancelled }
      try await shipped(house, [fair])
      let tally = house.sandbox.tally().orders[cheap]
      #expect(tally?.acceptCalls == 1)
      try await house.work { try await house.effectStates("refuse_order") == ["confirmed"] }
      #expect(try await house.history(cheap) == ["received>parked", "parked>cancelled"])
      #expect(try await house.stock() == ["RAM 7/0", "SSD 8/0"])
    }
  }

  @Test func `a refusal whose answer is lost is looked up, and never sent again`() async throws {
    try await House.with({ plan in
      plan.adjust = { $0.unknownSKUs = .refuse }
    }) { house in
      try await house.stockLaptop(ram: 9, ssd: 9)
      house.sandbox.setDials([FaultRule(call: "accept", fault: .answerLost, times: 1)])
      let id = house.sell("NOBODY-KNOWS")
      try await house.work { try await house.status(id) == .cancelled }
      #expect(house.sandbox.dialsFired == [1])
      #expect(house.sandbox.tally().orders[id]?.acceptCalls == 1)
      try await house.work { try await house.effectStates("refuse_order") == ["confirmed"] }
    }
  }

  @Test func `an order being refused is not accepted when the reason goes away`() async throws {
    try await House.with({ plan in
      plan.adjust = { $0.acceptance = AcceptancePolicy(onShortStock: .refuse) }
    }) { house in
      try await house.stockLaptop(ram: 1, ssd: 9)
      let id = house.sell("LAP")
      _ = await house.puller().pass(.poll)
      try await house.receive("RAM", 9)
      _ = await house.puller().rereadStale()
      #expect(try await house.status(id) == .parked)
      #expect(try await house.effectStates("accept_order").isEmpty)
      // A person may, while nothing went out.
      try await house.desk.acceptAnyway(id, by: "tester")
      try await shipped(house, [id])
      #expect(try await house.effectStates("refuse_order") == ["cancelled"])
    }
  }

  @Test func `mapping a SKU lets the open orders that brought it take their parts on`()
    async throws
  {
    try await House.with({ $0.adjust = { $0.unknownSKUs = .accept } }) { house in
      try await house.stockLaptop(ram: 9, ssd: 9)
      let id = house.sell("OTHER", units: 3)
      _ = await house.puller().pass(.poll)
      #expect(try await house.ledger.unmapped().map(\.sku) == ["OTHER"])
      #expect(try await house.ledger.parts(of: id).isEmpty)
      let taken = try await house.ledger.map(
        MappingDraft(shopSKU: "OTHER", internalSKU: "LAP-IN"), by: "tester")
      #expect(taken == 1)
      #expect(try await house.ledger.unmapped().isEmpty)
      #expect(try await house.stock() == ["RAM 9/6", "SSD 9/3"])
      try await shipped(house, [id])
      #expect(try await house.stock() == ["RAM 3/0", "SSD 6/0"])
      try await house.checkStock()
    }
  }

  @Test func `orders are locked before the stock, also where several SKUs wait for one bill`()
    async throws
  {
    try await House.with({ $0.adjust = { $0.unknownSKUs = .accept } }) { house in
      try await house.stockLaptop(ram: 9, ssd: 9)
      try await house.ledger.save(VariantDraft(internalSKU: "BARE"))
      for sku in ["SKU-1", "SKU-2"] {
        _ = try await house.ledger.map(
          MappingDraft(shopSKU: sku, internalSKU: "BARE"), by: "tester")
      }
      _ = house.sell("SKU-1")
      let second = house.sell("SKU-2")
      _ = await house.puller().pass(.poll)
      #expect(try await house.stock() == ["RAM 9/0", "SSD 9/0"])
      // Another transaction holds one of the orders and goes on to the stock, as the cycle does.
      let other = try await PostgresConnection.open(house.configuration, deadline: .seconds(60))
      try await other.script(
        "begin; select from orders where order_id = '\(second)' for update",
        deadline: .seconds(60))
      async let saved: Void = house.ledger.save(
        VariantDraft(internalSKU: "BARE", bill: [("RAM", 2)]))
      try await house.untilSomebodyWaits()
      try await other.script(
        "select lock_stock(array(select id from components)); commit", deadline: .seconds(20))
      await other.close()
      try await saved
      #expect(try await house.stock() == ["RAM 9/4", "SSD 9/0"])
      try await house.checkStock()
    }
  }

  @Test func `the bench swaps a part once, however often it says so`() async throws {
    try await House.with { house in
      try await house.stockLaptop(ram: 4, ssd: 4)
      let id = house.sell("LAP")
      _ = await house.puller().pass(.poll)
      let parts = try await house.ledger.parts(of: id)
      let ram = try #require(parts.first { $0.code == "RAM" })
      let old = try await house.ledger.save([ComponentDraft(code: "OLD", name: "Old RAM")])
      let swap = PartBooking.swap(
        orderID: id, orderLineID: ram.orderLineID, fitted: ram.componentID,
        removed: try #require(old["OLD"]), key: "scan-1")
      #expect(try await house.ledger.book(swap, by: "packer", covers: true).count == 2)
      #expect(try await house.ledger.book(swap, by: "packer", covers: true).isEmpty)
      #expect(try await house.stock() == ["OLD 1/0", "RAM 3/1", "SSD 4/1"])
      try await shipped(house, [id])
      #expect(try await house.stock() == ["OLD 1/0", "RAM 2/0", "SSD 3/0"])
      try await house.checkStock()
    }
  }

  @Test func `a shop without catalogue pays nothing for the stock`() async throws {
    try await House.with { house in
      let ids = house.sandbox.addOrders(count: 5).map(\.id)
      try await shipped(house, ids)
      #expect(try await house.count("select count(*) from order_line_parts") == 0)
      #expect(try await house.count("select count(*) from orders where has_parts") == 0)
    }
  }
}
