import Kit
import Ledger
import Operations
import Orders
import People
import Postgres
import Sandbox
import Testing

@Suite struct `Holds` {
  @Test func `an order that is held gets no call, and goes on to its one label when released`()
    async throws
  {
    try await House.with { house in
      let id = try await heldBeforeItsLabel(house)
      let before = house.requests("create_shipment")
      let other = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.status(other) == .shipped }
      #expect(try await house.status(id) == .accepted)
      #expect(house.requests("create_shipment") == before + 1)
      #expect(house.sandbox.tally().orders[id]?.labelsBought == 0)
      await #expect(throws: Desk.Refusal.self) {
        try await house.desk.hold(id, reason: "again", by: "tester")
      }
      try await house.desk.release(id, by: "tester")
      try await house.work { try await house.status(id) == .shipped }
      #expect(house.sandbox.tally().orders[id]?.labelsBought == 1)
      #expect(house.sandbox.tally().violations.isEmpty)
      #expect(
        try await house.ask(
          "select action || ' ' || detail from audit_trail order by entry_id")
          == ["order.hold the customer wrote", "order.release "])
      await #expect(throws: Desk.Refusal.self) {
        try await house.desk.hold(id, reason: "too late", by: "tester")
      }
    }
  }

  @Test func `a pass does not wait for what a person holds`() async throws {
    try await House.with { house in
      _ = try await heldBeforeItsLabel(house)
      #expect(try await house.worker().drain(waits: true, within: .seconds(60)))
    }
  }

  @Test func `an order that is held before it was accepted waits, and the acceptance is sent once`()
    async throws
  {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "accept", fault: .throttled, retryAfter: 1)])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work {
        try await both(house.status(id) == .pendingAcceptance) { house.requests("accept") > 0 }
      }
      try await house.desk.hold(id, reason: "looks odd", by: "tester")
      house.sandbox.setDials([])
      let before = house.requests("accept")
      let other = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.status(other) == .shipped }
      #expect(house.requests("accept") == before + 1)
      #expect(house.sandbox.tally().orders[id]?.accepts == 0)
      try await house.desk.release(id, by: "tester")
      try await house.work { try await house.status(id) == .shipped }
      #expect(house.sandbox.tally().orders[id]?.accepts == 1)
      #expect(house.sandbox.tally().violations.isEmpty)
    }
  }

  @Test func `whoever holds an order that waits for its turn at the carrier is heard`()
    async throws
  {
    try await House.with { plan in
      plan.carrierCalls = 10
    } _: { house in
      let ids = house.sandbox.addOrders(count: 2).map(\.id)
      var held = ""
      try await house.work {
        guard held.isEmpty else {
          return try await house.count(
            "select count(*) from effects where kind = 'buy_label' and state = 'planned'"
              + " and outcome = 'held by a person'") == 1
        }
        // One has bought, the other's turn is six seconds later.
        let waiting = try await house.ask(
          "select subject from effects where kind = 'buy_label' and state = 'sending' and"
            + " exists (select from effects where kind = 'buy_label' and state = 'confirmed')")
        guard let id = waiting.first ?? nil else { return false }
        try await house.desk.hold(id, reason: "the customer wrote", by: "tester")
        held = id
        return false
      }
      #expect(ids.contains(held))
      #expect(house.sandbox.tally().orders[held]?.labelsBought == 0)
      #expect(house.requests("create_shipment") == 1)
    }
  }

  @Test func `whoever holds an order while an earlier purchase is searched for is heard`()
    async throws
  {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "create_shipment", fault: .requestLost, times: 1)])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.need(id) != nil }
      house.sandbox.setDials([FaultRule(call: "find_shipments", fault: .slow, ms: 8_000)])
      try await house.retryAllThatNeedPeople()
      var isHeld = false
      try await house.work {
        guard !isHeld else {
          return try await house.ask("select outcome from effects where kind = 'buy_label'")
            == ["held by a person"]
        }
        guard house.sandbox.dialsFired == [1] else { return false }
        try await house.desk.hold(id, reason: "the customer wrote", by: "tester")
        isHeld = true
        return false
      }
      #expect(house.requests("create_shipment") == 1)
      house.sandbox.setDials([])
      try await house.desk.release(id, by: "tester")
      try await house.work { try await house.status(id) == .shipped }
      #expect(house.sandbox.tally().orders[id]?.labelsBought == 1)
    }
  }

  @Test func `a release is heard though a worker has just seen the order held`() async throws {
    try await House.with { house in
      let id = try await heldBeforeItsLabel(house)
      try await meets(house, id, { try await house.desk.release(id, by: "tester") }) {
        try await house.status(id) == .shipped
      }
      #expect(house.sandbox.tally().orders[id]?.labelsBought == 1)
    }
  }

  @Test func `a cancellation is heard though a worker has just seen the order held`() async throws {
    try await House.with { house in
      let id = try await heldBeforeItsLabel(house)
      #expect(house.sandbox.cancel(id))
      try await meets(house, id, { _ = await house.puller().pass(.poll) }) {
        try await house.effectStates("buy_label") == ["cancelled"]
      }
      #expect(try await house.status(id) == .cancelled)
      #expect(house.sandbox.tally().orders[id]?.labelsBought == 0)
    }
  }

  /// Pulled and accepted, stopped at the carrier's closed door, then held.
  private func heldBeforeItsLabel(_ house: House) async throws -> String {
    house.sandbox.setDials([FaultRule(call: "create_shipment", fault: .throttled, retryAfter: 1)])
    let id = house.sandbox.addOrders(count: 1)[0].id
    try await house.work {
      try await both(house.status(id) == .accepted) { house.requests("create_shipment") > 0 }
    }
    try await house.desk.hold(id, reason: "the customer wrote", by: "tester")
    house.sandbox.setDials([])
    return id
  }

  /// `change` waits for the order's lock, and behind it, with what it saw before, a worker that found the
  /// purchase due (as after a takeover from a dead one).
  private func meets(
    _ house: House, _ id: String, _ change: @escaping @Sendable () async throws -> Void,
    until isDone: @escaping @Sendable () async throws -> Bool
  ) async throws {
    let (changing, working) = try await house.pool.transaction(deadline: .seconds(60)) { keeper in
      try await keeper.script(
        "select 1 from orders where order_id = '\(id)' for update", deadline: .seconds(60))
      let changing = Task { try await change() }
      try await house.untilWaiting(1)
      try await house.script("update effects set due_at = now() where kind = 'buy_label'")
      let working = Task { try await house.work(pulls: false, until: isDone) }
      try await house.untilWaiting(2)
      return (changing, working)
    }
    try await changing.value
    #expect(try await working.value)
  }

  @Test func `a label goes when the order is cancelled, held or not`() async throws {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "tracking", fault: .status, status: 401)])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.status(id) == .labelCreated }
      try await house.desk.hold(id, reason: "the customer wrote", by: "tester")
      house.sandbox.setDials([])
      #expect(house.sandbox.cancel(id))
      try await house.work { try await house.status(id) == .cancelled }
      try await house.work { house.sandbox.tally().orders[id]?.voids == 1 }
      #expect(house.sandbox.tally().orders[id]?.ships == 0)
    }
  }
}
