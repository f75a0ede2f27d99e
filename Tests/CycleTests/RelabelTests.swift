import Kit
import Ledger
import Operations
import Orders
import People
import Sandbox
import Testing

/// A label was voided and its parcel made anew: what was under way for the old label buys nothing for the
/// new one, and posts nothing of it.
@Suite struct `Parcels made anew` {
  /// A purchase that took two calls, so that a surplus is still looked for, and its label in hand.
  private func boughtByTwoCalls(_ house: House) async throws -> String {
    house.sandbox.setDials([
      FaultRule(call: "create_shipment", fault: .requestLost, times: 1),
      // Four searches for the lost one and the one before buying again; those for a surplus fail.
      FaultRule(call: "find_shipments", fault: .status, after: 5, status: 503),
      FaultRule(call: "tracking", fault: .status, status: 401),
    ])
    let id = house.sandbox.addOrders(count: 1)[0].id
    try await house.work { try await house.need(id) != nil }
    try await house.retryAllThatNeedPeople()
    try await house.work { try await house.status(id) == .labelCreated }
    #expect(try await house.effectStates("buy_label") == ["verifying"])
    return id
  }

  private func voided(_ id: String, _ house: House) async throws {
    try await house.desk.void(id, by: "tester")
    try await house.work {
      try await both(house.status(id) == .accepted) { house.sandbox.tally().orders[id]?.voids == 1 }
    }
  }

  @Test func `a surplus that is still looked for when the label is made anew buys no third one`()
    async throws
  {
    try await House.with { house in
      let id = try await boughtByTwoCalls(house)
      try await voided(id, house)
      #expect(try await house.effectStates("buy_label") == ["verifying"])
      #expect(try await house.desk.retry(id, by: "tester") == ["buy_label"])
      // The new purchase is under way for so long that the old one looks in between.
      house.sandbox.setDials([
        FaultRule(call: "create_shipment", fault: .slow, when: .before, ms: 2_500)
      ])
      try await house.work {
        try await both(house.status(id) == .shipped) {
          try await house.effectStates("buy_label") == ["cancelled", "confirmed"]
        }
      }
      let order = try #require(house.sandbox.tally().orders[id])
      #expect(order.labelsBought == 2 && order.labelsLive == 1 && order.ships == 1)
      #expect(order.livePins == order.tracking.map { [$0] })
      #expect(house.sandbox.tally().violations.isEmpty)
    }
  }

  @Test func `asked again, only the new parcel's question is tried again`() async throws {
    try await House.with { house in
      house.sandbox.setDials([
        FaultRule(call: "create_shipment", fault: .answerLost, times: 1),
        FaultRule(call: "find_shipments", fault: .searchLag, times: 5, ms: 3_600_000),
        FaultRule(call: "tracking", fault: .status, status: 401),
      ])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.need(id) != nil }
      try await house.retryAllThatNeedPeople()
      // Two labels for one parcel: a person's question, which stands while one of them is voided.
      try await house.work { house.notified.failures.count == 2 }
      try await house.work { try await house.status(id) == .labelCreated }
      try await voided(id, house)
      #expect(try await house.desk.retry(id, by: "tester") == ["buy_label"])
      house.sandbox.setDials([FaultRule(call: "create_shipment", fault: .requestLost, times: 1)])
      try await house.work {
        try await house.effectStates("buy_label") == ["needs_person", "needs_person"]
      }
      #expect(house.sandbox.tally().orders[id]?.labelsBought == 2)
      // Slow, so that two that buy at the same moment do not see each other.
      house.sandbox.setDials([
        FaultRule(call: "create_shipment", fault: .slow, when: .before, ms: 800)
      ])
      #expect(try await house.desk.retry(id, by: "tester") == ["buy_label", "buy_label"])
      try await house.work {
        try await both(house.status(id) == .shipped) {
          try await house.effectStates("buy_label") == ["cancelled", "confirmed"]
        }
      }
      #expect(house.sandbox.tally().orders[id]?.labelsBought == 3)
    }
  }

  @Test func `a tracking number whose answer was lost is not the new parcel's`() async throws {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "tracking", fault: .status, status: 401)])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.status(id) == .labelCreated }
      house.sandbox.setDials([
        FaultRule(call: "tracking", fault: .answerLost, times: 1),
        // But for the look before the number is posted.
        FaultRule(call: "read_back", fault: .status, after: 1, status: 503),
      ])
      try await house.work(pulls: false) {
        try await house.effectStates("post_tracking") == ["unknown"]
      }
      try await voided(id, house)
      #expect(try await house.desk.retry(id, by: "tester") == ["buy_label"])
      try await house.work { house.sandbox.tally().orders[id]?.labelsBought == 2 }
      house.sandbox.setDials([])
      try await house.work {
        try await both(house.status(id) == .shipped) {
          try await house.effectStates("post_tracking") == ["cancelled", "confirmed"]
        }
      }
      let order = try #require(house.sandbox.tally().orders[id])
      #expect(order.labelsLive == 1 && order.ships == 1)
      #expect(order.livePins == order.tracking.map { [$0] })
    }
  }
}
