import Kit
import Ledger
import Operations
import Orders
import People
import Sandbox
import Testing

/// A person takes a label back while the marketplace is being told of it.
@Suite struct `Voids` {
  /// A labelled order of which the marketplace was told nothing yet.
  private func labelled(_ house: House) async throws -> String {
    house.sandbox.setDials([FaultRule(call: "tracking", fault: .status, status: 401)])
    let id = house.sandbox.addOrders(count: 1)[0].id
    try await house.work { try await house.status(id) == .labelCreated }
    return id
  }

  private func parcels(_ house: House) async throws -> [String?] {
    try await house.ask("select status from shipments")
  }

  @Test func `an order whose label is being voided is not marked as shipped`() async throws {
    try await House.with { house in
      let id = try await labelled(house)
      house.sandbox.setDials([
        FaultRule(call: "tracking", fault: .answerLost, times: 1),
        // But for the look before the number is posted.
        FaultRule(call: "read_back", fault: .status, after: 1, status: 503),
      ])
      try await house.work(pulls: false) {
        try await house.effectStates("post_tracking") == ["unknown"]
      }
      // The void is under way for so long that the tracking is found in between.
      house.sandbox.setDials([FaultRule(call: "void", fault: .slow, when: .before, ms: 2_500)])
      try await house.desk.void(id, by: "tester")
      #expect(try await parcels(house) == ["void_pending"])
      try await house.work {
        try await both(house.status(id) == .accepted) {
          let voiding = try await house.effectStates("void_label")
          let posting = try await house.effectStates("post_tracking")
          return voiding == ["confirmed"] && posting == ["confirmed"]
        }
      }
      #expect(try await parcels(house) == ["voided"])
      #expect(try await house.effectStates("mark_shipped").isEmpty)
      #expect(house.sandbox.tally().orders[id]?.ships == 0)
    }
  }

  @Test func `a label that is voided while the shipment is read back stays so, and is a question`()
    async throws
  {
    try await House.with { house in
      let id = try await labelled(house)
      house.sandbox.setDials([
        // But for the look before the number is posted.
        FaultRule(call: "read_back", fault: .status, after: 1, status: 503)
      ])
      try await house.work(pulls: false) {
        try await house.effectStates("mark_shipped") == ["verifying"]
      }
      try await house.desk.void(id, by: "tester")
      try await house.work { try await parcels(house) == ["voided"] }
      house.sandbox.setDials([])
      // Whichever comes last asks: the void, or what was read back.
      try await house.work { try await house.need(id)?.contains("was taken back") == true }
      #expect(try await house.status(id) == .shipped)
      #expect(try await parcels(house) == ["voided"])
      #expect(!house.notified.failures.isEmpty)
      // Nobody asks once more.
      try await house.work {
        _ = try? await house.desk.retry(id, by: "tester")
        let shipping = try await house.effectStates("mark_shipped")
        let states = try await shipping + house.effectStates("void_label")
        return states.allSatisfy { $0 == "confirmed" || $0 == "cancelled" }
      }
      #expect(try await house.ledger.situation().failures == 0)
      #expect(house.sandbox.tally().orders[id]?.ships == 1)
    }
  }

  @Test
  func `a void whose answer was lost counts when the carrier says so, not when it shows no label`()
    async throws
  {
    try await House.with { house in
      let id = try await labelled(house)
      house.sandbox.setDials([
        FaultRule(call: "void", fault: .requestLost, times: 1),
        // As of a shipment that was transmitted.
        FaultRule(call: "shipment", fault: .status, status: 404),
      ])
      try await house.desk.void(id, by: "tester")
      try await house.work { try await parcels(house) == ["voided"] }
      #expect(house.requests("void") == 2)
      let order = try #require(house.sandbox.tally().orders[id])
      #expect(order.voids == 1 && order.labelsLive == 0)
    }
  }

  @Test func `the label of a shipped order that is voided is a question`() async throws {
    try await House.with { house in
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await shipped(house, [id])
      try await house.desk.void(id, by: "tester")
      try await house.work { try await house.need(id)?.contains("was taken back") == true }
      #expect(try await parcels(house) == ["voided"])
      #expect(try await house.desk.retry(id, by: "tester") == ["void_label"])
      try await house.work { try await house.effectStates("void_label") == ["confirmed"] }
      #expect(try await house.ledger.situation().failures == 0)
      #expect(house.sandbox.tally().orders[id]?.voids == 1)
    }
  }
}
