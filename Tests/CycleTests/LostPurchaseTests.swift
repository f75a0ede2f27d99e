import Kit
import Ledger
import Operations
import Orders
import Sandbox
import Testing

/// Without a contract a lost purchase is looked for among all that was bought since: each of those has to be
/// read, one call each.
@Suite struct `Lost purchases without a contract` {
  /// Labels that every search finds as well.
  private func buy(_ count: Int, _ house: House) async throws {
    let ids = house.sandbox.addOrders(count: count).map(\.id)
    try await shipped(house, ids)
    #expect(house.requests("details") == 0)
  }

  @Test func `searches at the same time share what they read`() async throws {
    try await House.with { plan in
      plan.isContract = false
    } _: { house in
      house.sandbox.setDials([FaultRule(call: "create_shipment", fault: .answerLost)])
      let ids = house.sandbox.addOrders(count: 20).map(\.id)
      try await shipped(house, ids)
      #expect(house.requests("create_shipment") == 20)
      // Each by whoever came first, and once more by its own order.
      #expect(house.requests("details") <= 40)
    }
  }

  @Test func `a search that the carrier throttles goes on where it was`() async throws {
    try await House.with { plan in
      plan.isContract = false
    } _: { house in
      try await buy(12, house)
      house.sandbox.setDials([
        FaultRule(call: "create_shipment", fault: .answerLost, times: 1),
        // Three answers, then a pause.
        FaultRule(call: "details", fault: .status, every: 4, status: 429, retryAfter: 1),
      ])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await shipped(house, [id])
      #expect(house.requests("create_shipment") == 13)
      // Four of them were throttled; no other was asked twice.
      #expect(house.requests("details") == 17)
    }
  }

  @Test func `a search that outlasts its lease goes on where it was`() async throws {
    try await House.with { plan in
      plan.isContract = false
      plan.cycle.lease = .seconds(12)
      plan.cycle.callDeadline = .seconds(10)
      plan.cycle.purchaseDeadline = .seconds(10)
    } _: { house in
      try await buy(30, house)
      house.sandbox.setDials([
        FaultRule(call: "create_shipment", fault: .answerLost, times: 1),
        FaultRule(call: "details", fault: .slow, ms: 200),
      ])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.are([id], .shipped) }
      expectShippedOnce(house, [id])
      #expect(house.requests("create_shipment") == 31)
    }
  }

  @Test func `a retry whose search leaves no time to buy buys under its next lease`() async throws {
    try await House.with { plan in
      plan.isContract = false
      plan.cycle.lease = .seconds(14)
      plan.cycle.callDeadline = .seconds(10)
      plan.cycle.purchaseDeadline = .seconds(10)
    } _: { house in
      try await buy(15, house)
      house.sandbox.setDials([
        FaultRule(call: "create_shipment", fault: .requestLost, times: 1),
        FaultRule(call: "details", fault: .slow, ms: 350),
      ])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.need(id) != nil }
      try await house.retryAllThatNeedPeople()
      try await house.work { try await house.are([id], .shipped) }
      expectShippedOnce(house, [id])
      #expect(house.requests("create_shipment") == 17)
    }
  }
}
