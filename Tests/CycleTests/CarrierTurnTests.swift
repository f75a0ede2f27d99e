import Operations
import Orders
import Sandbox
import Testing

@Suite struct `Turns at the carrier` {
  @Test func `whoever could not use its turn is sent away at once and spends none`() async throws {
    let pace = Pace(perMinute: 1)
    let soon = ContinuousClock.now + .seconds(30)
    #expect(await pace.turn(by: soon) == nil)
    for _ in 1...3 {
      #expect(await pace.wait(by: soon) != nil)
      let wait = try #require(await pace.turn(by: soon))
      #expect(wait > .seconds(25) && wait <= .seconds(60))
    }
    let later = ContinuousClock.now + .seconds(90)
    #expect(await pace.wait(by: later) == nil)
  }

  @Test func `a lease that is over gets no turn, however many there are`() async {
    let pace = Pace(perMinute: 0)
    let now = ContinuousClock.now
    #expect(await pace.turn(by: now) == Duration.zero)
    #expect(await pace.turn(by: now + .seconds(60)) == nil)
  }

  @Test func `of more purchases than a lease has turns all are made`() async throws {
    try await House.with { plan in
      plan.carrierCalls = 600
      // A purchase needs thirty seconds of it: twenty turns come in time, and fifty wait.
      plan.cycle.lease = .seconds(32)
      plan.cycle.callDeadline = .seconds(30)
      plan.cycle.purchaseDeadline = .seconds(30)
    } _: { house in
      let ids = house.sandbox.addOrders(count: 50).map(\.id)
      try await house.work { try await house.are(ids, .shipped) }
      expectShippedOnce(house, ids)
      #expect(house.requests("create_shipment") == 50)
      #expect(house.notified.failures.isEmpty)
    }
  }
}
