import Effects
import Kit
import Ledger
import Operations
import Orders
import People
import Sandbox
import Stock
import Testing

/// A person takes an accepted order back at the marketplace.
@Suite struct `Cancellations` {
  /// An order with a label that nobody ships: packing is waited for.
  private func labelled(_ body: (House, String) async throws -> Void) async throws {
    try await House.with({ $0.adjust = { $0.shipAfter = .packing } }) { house in
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.status(id) == .labelCreated }
      try await body(house, id)
    }
  }

  private func ended(_ house: House, _ id: String) async throws {
    try await house.work {
      try await both(house.status(id) == .cancelled) {
        house.sandbox.tally().orders[id]?.voids == 1
      }
    }
  }

  private func expectOnce(
    _ house: House, _ id: String, calls: Int = 1, at location: SourceLocation = #_sourceLocation
  ) {
    let tally = house.sandbox.tally()
    #expect(tally.orders[id]?.cancels == 1, sourceLocation: location)
    #expect(tally.orders[id]?.cancelCalls == calls, sourceLocation: location)
    #expect(tally.orders[id]?.labelsLive == 0, sourceLocation: location)
    #expect(tally.orders[id]?.ships == 0, sourceLocation: location)
    #expect(tally.violations.isEmpty, sourceLocation: location)
  }

  @Test func `it is told once, read back, the label is voided, and the story names who and why`()
    async throws
  {
    try await labelled { house, id in
      try await house.desk.cancel(id, reason: "the customer asked", by: "tester")
      try await ended(house, id)
      // A pull may tell of it before the effect has read it back.
      try await house.work { try await house.effectStates("cancel_order") == ["confirmed"] }
      expectOnce(house, id)
      #expect(
        try await house.ask(
          "select action || ' ' || detail from audit_trail where subject = 'order:\(id)'")
          == ["order.cancel the customer asked"])
      #expect(
        try await house.ask("select reason from order_holds")
          == ["being cancelled: the customer asked"])
      // What is over is held by nobody any more.
      #expect(try await house.ledger.situation().held == 0)
      await #expect(throws: Desk.Refusal.self) {
        try await house.desk.cancel(id, reason: "again", by: "tester")
      }
    }
  }

  @Test func `an answer that is lost is looked up, not sent again`() async throws {
    try await labelled { house, id in
      house.sandbox.setDials([FaultRule(call: "cancel", fault: .answerLost, times: 1)])
      try await house.desk.cancel(id, reason: "the customer asked", by: "tester")
      try await ended(house, id)
      #expect(house.sandbox.dialsFired == [1])
      expectOnce(house, id)
    }
  }

  @Test func `a call that never arrived is sent again, since the state guards it`() async throws {
    try await labelled { house, id in
      house.sandbox.setDials([FaultRule(call: "cancel", fault: .requestLost, times: 1)])
      try await house.desk.cancel(id, reason: "the customer asked", by: "tester")
      try await ended(house, id)
      #expect(house.sandbox.dialsFired == [1])
      expectOnce(house, id)
      #expect(house.requests("cancel") == 2)
    }
  }

  @Test func `a refusal asks a person, and a release lets the order go on`() async throws {
    try await labelled { house, id in
      house.sandbox.setDials([
        FaultRule(call: "cancel", fault: .status, times: 1, when: .before, status: 400)
      ])
      try await house.desk.cancel(id, reason: "the customer asked", by: "tester")
      try await house.work { try await house.need(id) != nil }
      #expect(house.sandbox.dialsFired == [1])
      #expect(try await house.status(id) == .labelCreated)
      #expect(house.sandbox.tally().orders[id]?.labelsLive == 1)
      #expect(try await house.ledger.situation().failures == 1)
      try await house.desk.release(id, by: "tester")
      #expect(try await house.effectStates("cancel_order") == ["cancelled"])
      #expect(try await house.need(id) == nil)
      #expect(try await house.ledger.situation().failures == 0)
      // And once more, this time taken.
      try await house.desk.cancel(id, reason: "now they are sure", by: "tester")
      try await ended(house, id)
      expectOnce(house, id, calls: 1)
    }
  }

  @Test func `a cancellation that is asked for again settles what was told of the first`()
    async throws
  {
    try await labelled { house, id in
      house.sandbox.setDials([
        FaultRule(call: "cancel", fault: .status, times: 1, when: .before, status: 400)
      ])
      try await house.desk.cancel(id, reason: "the customer asked", by: "tester")
      try await house.work { try await house.need(id) != nil }
      #expect(try await house.ledger.situation().failures == 1)
      try await house.desk.cancel(id, reason: "they ask again", by: "tester")
      #expect(try await house.ledger.situation().failures == 0)
      try await ended(house, id)
      expectOnce(house, id)
    }
  }

  @Test func `its parts are free again`() async throws {
    try await House.with({ $0.adjust = { $0.shipAfter = .packing } }) { house in
      try await house.stockLaptop(ram: 9, ssd: 9)
      let id = house.sell("LAP")
      try await house.work { try await house.status(id) == .labelCreated }
      #expect(try await house.stock() == ["RAM 9/2", "SSD 9/1"])
      try await house.desk.cancel(id, reason: "the customer asked", by: "tester")
      try await ended(house, id)
      #expect(try await house.stock() == ["RAM 9/0", "SSD 9/0"])
    }
  }

  @Test func `an order that is kept back is refused instead, once`() async throws {
    try await House.with({ plan in
      plan.adjust = { $0.acceptance = AcceptancePolicy(onShortStock: .hold) }
    }) { house in
      try await house.stockLaptop(ram: 1, ssd: 9)
      let id = house.sell("LAP")
      try await house.work { try await house.status(id) == .parked }
      try await house.desk.cancel(id, reason: "we cannot build it", by: "tester")
      try await house.work { try await house.status(id) == .cancelled }
      #expect(house.sandbox.tally().orders[id]?.state == "REFUSED")
      #expect(house.sandbox.tally().orders[id]?.acceptCalls == 1)
      try await house.work { try await house.effectStates("refuse_order") == ["confirmed"] }
    }
  }

  @Test func `what was shipped cannot be taken back, and what is not accepted is not either`()
    async throws
  {
    try await House.with { house in
      let id = house.sandbox.addOrders(count: 1)[0].id
      _ = await house.puller().pass(.poll)
      await #expect(throws: Desk.Refusal.self) {
        try await house.desk.cancel(id, reason: "too early", by: "tester")
      }
      try await shipped(house, [id])
      await #expect(throws: Desk.Refusal.self) {
        try await house.desk.cancel(id, reason: "too late", by: "tester")
      }
      #expect(try await house.count("select count(*) from audit_trail") == 0)
      #expect(house.requests("cancel") == 0)
    }
  }
}
