import Kit
import Ledger
import Operations
import Orders
import Sandbox
import Testing

@Suite struct `An order that the marketplace forbids` {
  @Test func `it is a person's question and holds up no other`() async throws {
    try await House.with { house in
      let ids = house.sandbox.addOrders(count: 6).map(\.id)
      house.sandbox.setDials([
        FaultRule(
          call: "accept", fault: .status, orders: [ids[0]], status: 403,
          code: "ORDER_FULFILLED_UNAUTHORIZED")
      ])
      let others = Array(ids.dropFirst())
      try await house.work {
        try await both(house.are(others, .shipped)) {
          try await house.status(ids[0]) == .acceptanceFailed
        }
      }
      expectShippedOnce(house, others)
      #expect(house.sandbox.dialsFired == [1])
    }
  }
}
