import Stock
import Testing

@Suite struct `What a shop has against an order` {
  private func line(
    _ units: Int = 1, price: Int64? = 100_00, meant: Int64? = 100_00, needs: [Listing.Need]? = nil
  ) -> SoldLine {
    SoldLine(
      id: "1", sku: "LAP", units: units, unitPrice: price,
      listing: Listing(
        variantID: 1, price: meant,
        needs: needs ?? [Listing.Need(componentID: 7, code: "RAM", perUnit: 2)]))
  }

  @Test func `by default nothing, whatever it is`() {
    let nothing = AcceptancePolicy.acceptAlways
    #expect(nothing.objection(to: [line(1_000, price: 1)], free: [:]) == nil)
    #expect(!nothing.asksStock)
  }

  @Test func `too few parts, counted over all lines`() {
    let policy = AcceptancePolicy(onShortStock: .hold)
    #expect(policy.objection(to: [line(2)], free: [7: 4]) == nil)
    #expect(
      policy.objection(to: [line(2), line(1)], free: [7: 5])
        == Objection(.hold, "short of RAM: needs 6, free 5"))
    #expect(
      policy.objection(to: [line()], free: [7: -3])
        == Objection(.hold, "short of RAM: needs 2, free 0"))
    #expect(policy.objection(to: [line(needs: [])], free: [:]) == nil)
  }

  @Test func `a price below the gap, to the cent`() {
    let policy = AcceptancePolicy(onPriceGap: .refuse, priceGapPercent: 10)
    #expect(policy.objection(to: [line(price: 90_00)], free: nil) == nil)
    #expect(
      policy.objection(to: [line(price: 89_99)], free: nil)
        == Objection(.refuse, "LAP was sold for 89.99; its price is 100.00"))
    #expect(policy.objection(to: [line(price: nil)], free: nil) == nil)
    #expect(policy.objection(to: [line(price: 1, meant: nil)], free: nil) == nil)
  }

  @Test func `too many units of a line`() {
    let policy = AcceptancePolicy(onManyUnits: .hold, lineUnitsMax: 3)
    #expect(policy.objection(to: [line(3)], free: nil) == nil)
    #expect(
      policy.objection(to: [line(4)], free: nil)
        == Objection(.hold, "4 units of LAP; at most 3 are allowed"))
  }

  @Test func `a refusal comes before a hold`() {
    let policy = AcceptancePolicy(
      onShortStock: .hold, onPriceGap: .refuse, onManyUnits: .hold, lineUnitsMax: 1)
    let found = policy.objection(to: [line(5, price: 1)], free: [:])
    #expect(found?.answer == .refuse)
  }

  @Test(arguments: MovementKind.allCases)
  func `every kind of movement has its direction`(kind: MovementKind) {
    switch kind {
    case .received, .returned, .uninstalled, .removed, .corrected:
      #expect(kind.direction == .intoStock)
    case .shipped, .installed: #expect(kind.direction == .outOfStock)
    case .adjusted, .imported, .counted: #expect(kind.direction == .either)
    }
  }
}
