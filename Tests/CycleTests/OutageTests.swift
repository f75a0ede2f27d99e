import Kit
import Ledger
import Operations
import Orders
import Sandbox
import Testing

/// What the ledger cannot tell at the moment is no question for a person.
@Suite struct `Facts that cannot be read` {
  /// The facts of orders cannot be read, while everything else of the ledger goes on, until work of this
  /// kind has come upon it.
  private func withoutFacts(_ house: House, until kind: String) async throws {
    try await house.script(
      "alter table product_variants rename column weight_grams to mislaid_grams")
    try await house.work(pulls: false) {
      try await house.count(
        """
        select count(*) from effects where kind = '\(kind)'
          and (state = 'needs_person' or outcome like '%could not be read%')
        """) == 1
    }
    #expect(try await house.effectStates(kind) == ["planned"])
    try await house.script(
      "alter table product_variants rename column mislaid_grams to weight_grams")
  }

  @Test func `a tracking number is posted when they can be read again`() async throws {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "tracking", fault: .status, status: 401)])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work {
        try await both(house.status(id) == .labelCreated) { house.requests("tracking") > 0 }
      }
      house.sandbox.setDials([])
      try await withoutFacts(house, until: "post_tracking")
      try await shipped(house, [id])
      #expect(house.notified.failures.isEmpty)
    }
  }

  @Test func `a refund is asked for when they can be read again`() async throws {
    try await House.with { plan in
      plan.isContract = false
    } _: { house in
      house.sandbox.setDials([FaultRule(call: "refund", fault: .status, status: 401)])
      let id = house.sandbox.addOrders(count: 1, kinds: [.cancelledAfterLabel])[0].id
      try await house.work { house.requests("refund") > 0 }
      house.sandbox.setDials([])
      try await withoutFacts(house, until: "refund_label")
      try await house.work { try await house.effectStates("refund_label") == ["confirmed"] }
      #expect(house.sandbox.tally().orders[id]?.refunds == 1)
    }
  }
}
