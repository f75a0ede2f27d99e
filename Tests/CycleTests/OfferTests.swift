import Kit
import Ledger
import Mirakl
import Operations
import Orders
import People
import Sandbox
import Stock
import Testing

/// What the marketplace is told of the stock, and what it shows.
@Suite struct `Offers` {
  private func house(
    _ policy: OfferPolicy = .together, _ body: (House) async throws -> Void
  ) async throws {
    try await House.with({ $0.adjust = { $0.offers = policy } }) { house in
      house.sandbox.setOffer("LAP", quantity: 1)
      try await house.stockLaptop(ram: 9, ssd: 9)
      try await body(house)
    }
  }

  private func keeper(_ house: House) -> OfferKeeper {
    OfferKeeper(
      ledger: house.ledger, shop: house.shops[0], cycle: house.cycle, every: .seconds(60),
      log: .silent, wake: {})
  }

  private func settled(_ house: House) async throws -> Bool {
    try await house.count(
      "select count(*) from effects where kind = 'update_offer' and state not in ('confirmed', 'cancelled')"
    ) == 0
  }

  @Test func `quantities are told, read back, and told again only when they change`()
    async throws
  {
    try await house { house in
      #expect(try await keeper(house).pass())
      try await house.work(pulls: false) { try await settled(house) }
      #expect(house.sandbox.offers()["LAP"] == 4)
      #expect(try await house.effectStates("update_offer") == ["confirmed"])
      #expect(try await house.ledger.offers().map(\.seen) == [4])
      #expect(try await keeper(house).pass() == false)
      try await house.receive("RAM", 2)
      #expect(try await keeper(house).pass())
      try await house.work(pulls: false) { try await settled(house) }
      #expect(house.sandbox.offers()["LAP"] == 5)
      #expect(house.requests("stock_import") == 2)
    }
  }

  @Test func `an order that holds parts lowers what is offered`() async throws {
    try await house { house in
      _ = house.sell("LAP", units: 2)
      _ = await house.puller().pass(.poll)
      #expect(try await keeper(house).pass())
      try await house.work(pulls: false) { house.sandbox.offers()["LAP"] == 2 }
    }
  }

  @Test func `an order that is kept back lowers what is offered, though it holds no parts`()
    async throws
  {
    try await House.with({ plan in
      plan.adjust = {
        $0.offers = .together
        $0.acceptance = AcceptancePolicy(onManyUnits: .hold, lineUnitsMax: 1)
      }
    }) { house in
      house.sandbox.setOffer("LAP", quantity: 4)
      try await house.stockLaptop(ram: 9, ssd: 9)
      let id = house.sell("LAP", units: 3)
      _ = await house.puller().pass(.poll)
      #expect(try await house.status(id) == .parked)
      #expect(try await house.stock() == ["RAM 9/0", "SSD 9/0"])
      #expect(try await keeper(house).pass())
      try await house.work(pulls: false) { try await settled(house) }
      #expect(house.sandbox.offers()["LAP"] == 1)
      try await house.desk.acceptAnyway(id, by: "tester")
      #expect(try await keeper(house).pass() == false)
    }
  }

  @Test
  func `an offer that the marketplace does not take over is told of, and not pushed for ever`()
    async throws
  {
    try await house { house in
      house.sandbox.setDials([FaultRule(call: "stock_import", fault: .writeDropped)])
      for time in 1...3 {
        #expect(try await keeper(house).pass())
        try await house.work(pulls: false) { try await settled(house) }
        #expect(try await house.ledger.situation().failures == (time == 3 ? 1 : 0))
      }
      #expect(try await keeper(house).pass() == false)
      #expect(
        try await house.ask("select details from process_failures") == [
          "shop main: LAP: told 3 times that it is 4, and the marketplace shows 1"
        ])
      // Another quantity is another try; once it is shown nothing is left to ask.
      house.sandbox.setDials([])
      try await house.receive("RAM", 2)
      #expect(try await keeper(house).pass())
      try await house.work(pulls: false) { try await settled(house) }
      #expect(house.sandbox.offers()["LAP"] == 5)
      #expect(try await house.ledger.situation().failures == 0)
      #expect(try await house.ledger.offers().map(\.problem) == [nil])
    }
  }

  @Test func `the newest quantity wins while a file is on its way`() async throws {
    try await house { house in
      #expect(try await keeper(house).pass())
      try await house.receive("RAM", 4)
      // One is under way: nothing is planned beside it.
      #expect(try await keeper(house).pass() == false)
      try await house.work(pulls: false) { try await settled(house) }
      #expect(try await keeper(house).pass())
      try await house.work(pulls: false) { try await settled(house) }
      #expect(house.sandbox.offers()["LAP"] == 6)
      #expect(house.requests("stock_import") == 2)
    }
  }

  @Test func `a file whose answer is lost is looked up, not sent again`() async throws {
    try await house { house in
      house.sandbox.setDials([FaultRule(call: "stock_import", fault: .answerLost, times: 1)])
      #expect(try await keeper(house).pass())
      try await house.work(pulls: false) { try await settled(house) }
      #expect(house.sandbox.dialsFired == [1])
      #expect(house.sandbox.offers()["LAP"] == 4)
      #expect(house.requests("stock_import") == 1)
      #expect(try await house.effectStates("update_offer") == ["confirmed"])
    }
  }

  @Test func `a file that never arrived is given up, and the newest quantities go out`()
    async throws
  {
    try await house { house in
      house.sandbox.setDials([FaultRule(call: "stock_import", fault: .requestLost, times: 1)])
      #expect(try await keeper(house).pass())
      try await house.work(pulls: false) { try await settled(house) }
      #expect(house.sandbox.dialsFired == [1])
      #expect(try await house.effectStates("update_offer") == ["cancelled"])
      try await house.receive("RAM", 2)
      #expect(try await keeper(house).pass())
      try await house.work(pulls: false) { try await settled(house) }
      #expect(house.sandbox.offers()["LAP"] == 5)
    }
  }

  @Test func `a push that cannot be read waits, and is not taken for one that is over`()
    async throws
  {
    try await house { house in
      #expect(try await keeper(house).pass())
      try await house.script("alter table offer_push_lines rename to offer_push_lines_away")
      try await house.work(pulls: false) {
        try await house.ask("select outcome from effects where kind = 'update_offer'")
          == ["the push could not be read"]
      }
      #expect(try await house.effectStates("update_offer") == ["planned"])
      try await house.script(
        "alter table offer_push_lines_away rename to offer_push_lines; update effects set due_at = now()"
      )
      try await house.work(pulls: false) { try await settled(house) }
      #expect(house.sandbox.offers()["LAP"] == 4)
      #expect(house.requests("stock_import") == 1)
    }
  }

  @Test func `a SKU that has no offer is named`() async throws {
    try await house { house in
      _ = try await house.ledger.map(
        MappingDraft(shopSKU: "NO-OFFER", internalSKU: "LAP-IN", buffer: 1), by: "tester")
      #expect(try await keeper(house).pass())
      try await house.work(pulls: false) { try await settled(house) }
      let rows = try await house.ledger.offers()
      #expect(rows.map(\.shopSKU) == ["LAP", "NO-OFFER"])
      #expect(rows.map { $0.problem != nil } == [false, true])
      // Both share the parts: two each, one of the second kept back.
      #expect(rows.map(\.wanted) == [2, 1])
      #expect(try await keeper(house).pass() == false)
    }
  }

  @Test func `a shop that wants none is told nothing`() async throws {
    try await house(.off) { house in
      let isPlanned = try await keeper(house).pass()
      #expect(!isPlanned)
      #expect(house.requests("offers") == 0)
      #expect(house.sandbox.offers()["LAP"] == 1)
    }
  }

  @Test func `a shop that is never to be looked at is not looked at all the time`() async throws {
    try await house { house in
      await OfferKeeper(
        ledger: house.ledger, shop: house.shops[0], cycle: house.cycle, every: .zero, log: .silent,
        wake: {}
      ).run()
      let planned = try await house.effectStates("update_offer")
      #expect(planned.isEmpty && house.requests("offers") == 0)
    }
  }

  @Test func `what somebody changed by hand at the marketplace is put right`() async throws {
    try await house(.alone) { house in
      #expect(try await keeper(house).pass())
      try await house.work(pulls: false) { try await settled(house) }
      house.sandbox.setOffer("LAP", quantity: 77)
      #expect(try await keeper(house).pass())
      try await house.work(pulls: false) { try await settled(house) }
      #expect(house.sandbox.offers()["LAP"] == 4)
    }
  }
}
