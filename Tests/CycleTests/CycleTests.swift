import Kit
import Ledger
import Operations
import Orders
import Sandbox
import Testing

@Suite struct `The cycle` {
  @Test func `ordinary orders go from placed to shipped with one accept, one label, one ship`()
    async throws
  {
    try await House.with { house in
      let ids = house.sandbox.addOrders(count: 44, kinds: OrderKind.normal).map(\.id)
      try await house.work { try await house.are(ids, .shipped) }
      expectShippedOnce(house, ids)
      let tally = house.sandbox.tally()
      #expect(tally.totals.acceptCalls == 44)
      #expect(tally.totals.labelsBought == 44)
      #expect(tally.totals.trackings == 44)
      let orders = try await house.orders()
      for id in ids {
        #expect(orders[id]?.trackingPIN == tally.orders[id]?.tracking)
        #expect(orders[id]?.labelPath.map(Folder.exists) == true)
        #expect(orders[id]?.needs == nil)
      }
      #expect(house.notified.failures.isEmpty)
    }
  }
}
