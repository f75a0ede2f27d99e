import Kit
import Ledger
import Orders
import Testing

extension LedgerTests {
  @Suite("Alarms") struct AlarmTests {
    private static let open = """
      select process_name || ' ' || coalesce(order_id, '-') from process_failures
      where resolved_at is null order by failure_id
      """

    private func told(_ shop: Shop, _ limits: AlarmLimits = AlarmLimits()) async throws -> [String]
    {
      try await shop.ledger.raiseAlarms(limits).map { "\($0.processName): \($0.details)" }
    }

    @Test("orders that nobody accepts are told of once, together, and no more when they go on")
    func keptBack() async throws {
      try await Shop.open { shop in
        try await shop.write {
          for id in ["o1", "o2"] { $0.add(Shop.order(id), as: .parked, reason: "unknown SKU S-1") }
          $0.add(Shop.order("o3", state: "STAGING"), as: .parked, reason: "held by the marketplace")
        }
        #expect(try await told(shop).isEmpty)
        shop.clock.advance(.minutes(11))
        #expect(
          try await told(shop) == [
            "KeptBack: shop main: 2 orders are kept back: o1 (unknown SKU S-1); o2 (unknown SKU S-1)"
          ])
        #expect(try await told(shop).isEmpty)
        #expect(try await shop.database.rows(Self.open) == ["KeptBack -"])

        try await shop.write { $0.move("o1", .parked, .pendingAcceptance) }
        #expect(try await told(shop).isEmpty)
        #expect(try await shop.database.rows(Self.open) == ["KeptBack -"])
        try await shop.write { $0.move("o2", .parked, .cancelled) }
        #expect(try await told(shop).isEmpty)
        #expect(try await shop.database.rows(Self.open).isEmpty)
        #expect(try await shop.database.one("select count(*)::text from alarms") == "0")
      }
    }

    @Test("a clock rings before it runs out, once, whoever says that it is seen to")
    func clocks() async throws {
      try await Shop.open { shop in
        try await shop.add(["waiting"])
        try await shop.add(["going", "gone"], as: .accepted)
        try await shop.database.run(
          """
          update orders set accept_by = placed_at + interval '24 hours',
            ship_by = placed_at + interval '6 hours'
          """)
        try await shop.write { $0.move("gone", .accepted, .cancelled) }
        shop.clock.advance(.hours(3))
        #expect(try await told(shop).isEmpty)
        // Two hours, a third of six, before the one; eight, less than a third, before the other.
        shop.clock.advance(.hours(1) + .seconds(1))
        let shipping = try await shop.ledger.raiseAlarms(AlarmLimits())
        #expect(shipping.map(\.processName) == ["ShipBy"] && shipping.map(\.orderID) == ["going"])
        shop.clock.advance(.hours(12))
        let accepting = try await shop.ledger.raiseAlarms(AlarmLimits())
        #expect(accepting.map(\.processName) == ["AcceptBy"])
        let deadline = (Shop.noon + .hours(24)).iso8601
        #expect(accepting.first?.details.hasSuffix("waiting (by \(deadline))") == true)
        try await shop.ledger.resolveFailures(of: "waiting", by: "tester")
        shop.clock.advance(.hours(9))
        #expect(try await told(shop).isEmpty)
        #expect(try await shop.database.rows(Self.open) == ["ShipBy going"])
      }
    }

    @Test("what is tried in vain and what does not come in are told of")
    func standstill() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1", "o2"])
        try await shop.write { $0.plans = [Shop.effect(of: "o1"), Shop.effect(of: "o2")] }
        try await shop.database.run("update effects set tries = 3, outcome = 'HTTP 401'")
        try await shop.database.run(
          "update effects set due_at = due_at + interval '10 years' where subject = 'o2'")
        try await shop.ledger.finish(.poll, shop: Shop.id, at: nil, problem: "down")
        #expect(try await told(shop).isEmpty)
        shop.clock.advance(.minutes(16))
        #expect(
          try await told(shop) == [
            "PullFailing: shop main: orders or messages do not all come in: main/poll (down)",
            "Standstill: shop main: work is tried again and again: marketplace:main "
              + "(1 effects, accept_order of o1: HTTP 401)",
          ])
        try await shop.ledger.finish(.poll, shop: Shop.id, at: Shop.noon, problem: nil)
        #expect(try await told(shop).isEmpty)
        #expect(try await shop.database.rows(Self.open) == ["Standstill -"])
      }
    }

    @Test("a customer's clock rings for the conversation")
    func answers() async throws {
      try await Shop.open { shop in
        try await shop.database.run(
          """
          insert into conversations (id, mirakl_thread_id, shop_id, topic, customer_name, answer_by, answer_within,
            created_at, updated_at)
          overriding system value
          values (7, 'thread', 'main', 'Where is it?', 'Robin', clock_timestamp() + interval '24 hours',
            '24 hours', clock_timestamp(), clock_timestamp())
          """)
        shop.clock.advance(.hours(15))
        #expect(try await told(shop).isEmpty)
        shop.clock.advance(.hours(2))
        let raised = try await told(shop)
        #expect(raised.count == 1)
        #expect(
          raised.first?.hasPrefix(
            "AnswerBy: shop main: a customer waits for an answer: conversation 7 (by ") == true)
      }
    }

    @Test("of many processes one tells")
    func once() async throws {
      try await Shop.open { shop in
        try await shop.write {
          for id in 1...20 { $0.add(Shop.order("o\(id)"), as: .parked) }
        }
        shop.clock.advance(.hours(1))
        let told = try await withThrowingTaskGroup(of: [ProcessFailure].self) { group in
          for _ in 0..<8 { group.addTask { try await shop.ledger.raiseAlarms(AlarmLimits()) } }
          return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(told.count == 1)
        #expect(told.first?.details.hasSuffix("; and 15 more") == true)
        #expect(try await shop.database.one("select count(*)::text from alarms") == "20")
      }
    }

    @Test("a failure is told until somebody was reached, by one process at a time, for a day")
    func untold() async throws {
      try await Shop.open { shop in
        try await shop.write {
          $0.failures = ["first", "second"].map {
            ProcessFailure(processName: "Test", orderID: nil, effectID: nil, details: $0)
          }
        }
        let first = try #require(try await shop.ledger.takeUntold())
        #expect(first.failure.details == "first")
        let second = try #require(try await shop.ledger.takeUntold())
        #expect(second.failure.details == "second")
        #expect(try await shop.ledger.takeUntold() == nil)
        try await shop.ledger.wasTold(second)
        shop.clock.advance(.seconds(89))
        #expect(try await shop.ledger.takeUntold() == nil)
        shop.clock.advance(.seconds(1))
        #expect(try await shop.ledger.takeUntold()?.failureID == first.failureID)
        shop.clock.advance(.hours(24))
        #expect(try await shop.ledger.takeUntold() == nil)
      }
    }
  }
}
