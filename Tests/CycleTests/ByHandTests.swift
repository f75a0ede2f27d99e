import Kit
import Ledger
import Mirakl
import Operations
import Orders
import People
import Sandbox
import Testing

/// What somebody ships on the marketplace's own pages while Quayside is at it.
@Suite struct `Shipped by hand` {
  /// Accepted, its shipment written down, and the carrier refuses the shop's key.
  private func refusedByTheCarrier(_ house: House) async throws -> String {
    house.sandbox.setDials([FaultRule(call: "create_shipment", fault: .status, status: 401)])
    try await house.stockLaptop(ram: 5, ssd: 5)
    let id = house.sell("LAP")
    try await house.work {
      try await both(house.status(id) == .accepted) { house.requests("create_shipment") > 0 }
    }
    return id
  }

  private func post(_ number: String, _ house: House, _ id: String) async throws {
    let tracking = MiraklTracking.unregistered(
      carrierName: "Own van", carrierURL: "https://van.example/", trackingNumber: number)
    try await house.shops[0].mirakl.tracking(id, tracking).result.get()
  }

  private func ship(_ house: House, _ id: String) async throws {
    try await house.shops[0].mirakl.ship(id).result.get()
  }

  @Test func `an order that waits for its label ends, its parts leave, and nothing is bought`()
    async throws
  {
    try await House.with { house in
      let id = try await refusedByTheCarrier(house)
      try await post("HAND-1", house, id)
      try await ship(house, id)
      house.sandbox.setDials([])
      try await house.work {
        try await both(house.status(id) == .shipped) {
          try await house.effectStates("buy_label") == ["cancelled"]
        }
      }
      let order = try #require(house.sandbox.tally().orders[id])
      #expect(order.labelsBought == 0 && order.tracking == "HAND-1" && order.ships == 1)
      #expect(try await house.stock() == ["RAM 3/0", "SSD 4/0"])
      #expect(try await house.ledger.situation().failures == 0)
      try await house.checkStock()
    }
  }

  @Test func `no label is bought over a tracking number that is not ours; a person is asked`()
    async throws
  {
    try await House.with { house in
      let id = try await refusedByTheCarrier(house)
      try await post("HAND-1", house, id)
      house.sandbox.setDials([])
      try await house.work { try await house.need(id)?.contains("HAND-1") == true }
      #expect(try await house.status(id) == .accepted)
      #expect(house.sandbox.tally().orders[id]?.labelsBought == 0)
      try await ship(house, id)
      try await house.work { try await house.status(id) == .shipped }
      #expect(try await house.desk.retry(id, by: "tester") == ["buy_label"])
      try await house.work { try await house.effectStates("buy_label") == ["cancelled"] }
      #expect(house.sandbox.tally().orders[id]?.tracking == "HAND-1")
      #expect(house.sandbox.tally().orders[id]?.labelsBought == 0)
      #expect(try await house.need(id) == nil)
      #expect(try await house.ledger.situation().failures == 0)
    }
  }

  /// Its label is in hand, and the marketplace refuses the shop's key when the number is to be posted.
  private func labelled(_ house: House) async throws -> String {
    house.sandbox.setDials([FaultRule(call: "tracking", fault: .status, status: 401)])
    let id = house.sandbox.addOrders(count: 1)[0].id
    try await house.work {
      try await both(house.status(id) == .labelCreated) { house.requests("tracking") > 0 }
    }
    house.sandbox.setDials([])
    return id
  }

  @Test func `our number is not posted over another; the label is voided, and the order ends`()
    async throws
  {
    try await House.with { house in
      let id = try await labelled(house)
      try await post("HAND-1", house, id)
      try await ship(house, id)
      try await house.work { try await house.need(id)?.contains("HAND-1") == true }
      #expect(house.sandbox.tally().orders[id]?.tracking == "HAND-1")
      try await house.desk.void(id, by: "tester")
      try await house.work {
        try await both(house.status(id) == .shipped) {
          try await house.ask("select status from shipments") == ["voided"]
        }
      }
      #expect(try await house.desk.retry(id, by: "tester") == ["post_tracking"])
      try await house.work { try await house.effectStates("post_tracking") == ["cancelled"] }
      let order = try #require(house.sandbox.tally().orders[id])
      #expect(order.labelsLive == 0 && order.tracking == "HAND-1" && order.ships == 1)
      #expect(try await house.need(id) == nil)
    }
  }

  @Test func `nor is that of a new label, when the first was voided before the order went`()
    async throws
  {
    try await House.with { house in
      let id = try await labelled(house)
      try await post("HAND-1", house, id)
      try await house.work { try await house.need(id)?.contains("HAND-1") == true }
      try await house.desk.void(id, by: "tester")
      try await house.work {
        try await house.ask("select status from shipments") == ["voided"]
      }
      #expect(try await house.desk.retry(id, by: "tester") == ["buy_label"])
      try await house.work {
        try await house.need(id)?.contains("nothing was bought") == true
      }
      let order = try #require(house.sandbox.tally().orders[id])
      #expect(order.labelsBought == 1 && order.tracking == "HAND-1" && order.ships == 0)
    }
  }

  @Test func `a person who posts our number in its place has the order end with our label`()
    async throws
  {
    try await House.with { house in
      let id = try await labelled(house)
      try await post("HAND-1", house, id)
      try await house.work { try await house.need(id)?.contains("HAND-1") == true }
      let pin = try #require(try await house.ask("select tracking_pin from shipments").first ?? nil)
      try await post(pin, house, id)
      #expect(try await house.desk.retry(id, by: "tester") == ["post_tracking"])
      try await house.work { try await house.status(id) == .shipped }
      let order = try #require(house.sandbox.tally().orders[id])
      #expect(order.labelsLive == 1 && order.tracking == pin && order.ships == 1)
      #expect(try await house.need(id) == nil)
    }
  }

  @Test func `a number that the marketplace does not show at first is found before ours is posted`()
    async throws
  {
    try await House.with {
      $0.cycle.freshness = .zero
    } _: { house in
      let id = try await labelled(house)
      try await post("HAND-1", house, id)
      try await house.script("update effects set tries = 1 where kind = 'post_tracking'")
      let before = house.requests("read_back")
      house.sandbox.setDials([FaultRule(call: "read_back", fault: .notShown, times: 2)])
      try await house.work(pulls: false) { try await house.need(id)?.contains("HAND-1") == true }
      #expect(house.requests("read_back") == before + 3)
      #expect(house.sandbox.tally().orders[id]?.tracking == "HAND-1")
    }
  }

  @Test func `an order that is never shown is the call's to refuse`() async throws {
    try await House.with {
      $0.cycle.freshness = .zero
    } _: { house in
      let id = try await labelled(house)
      try await house.script("update effects set tries = 1 where kind = 'post_tracking'")
      let (before, posts) = (house.sandbox.requests.count, house.requests("tracking"))
      house.sandbox.setDials([FaultRule(call: "read_back", fault: .notShown)])
      try await house.work(pulls: false) { house.requests("tracking") > posts }
      // Of five tries one was used up by the refusal; each of the others looks first.
      let looks = house.sandbox.requests.dropFirst(before).prefix { $0.call != "tracking" }
      #expect(looks.map(\.call) == Array(repeating: "read_back", count: 4))
      house.sandbox.setDials([])
      try await house.work { try await house.status(id) == .shipped }
    }
  }

  @Test func `the number of a label before is ours, whoever posted it`() async throws {
    try await House.with { house in
      let id = try await labelled(house)
      let pin = try #require(try await house.ask("select tracking_pin from shipments").first ?? nil)
      try await post(pin, house, id)
      try await house.desk.void(id, by: "tester")
      try await house.work {
        try await both(house.status(id) == .accepted) {
          try await house.ask("select status from shipments") == ["voided"]
        }
      }
      #expect(try await house.desk.retry(id, by: "tester") == ["buy_label"])
      try await house.work { try await house.status(id) == .shipped }
      let order = try #require(house.sandbox.tally().orders[id])
      #expect(order.labelsBought == 2 && order.labelsLive == 1 && order.ships == 1)
      #expect(order.tracking != pin)
      #expect(try await house.need(id) == nil)
    }
  }

  @Test func `an order whose label was voided ends too`() async throws {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "tracking", fault: .status, status: 401)])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.status(id) == .labelCreated }
      try await house.desk.void(id, by: "tester")
      try await house.work {
        try await both(house.status(id) == .accepted) {
          try await house.ask("select status from shipments") == ["voided"]
        }
      }
      house.sandbox.setDials([])
      try await post("HAND-1", house, id)
      try await ship(house, id)
      try await house.work { try await house.status(id) == .shipped }
      let order = try #require(house.sandbox.tally().orders[id])
      #expect(order.labelsLive == 0 && order.tracking == "HAND-1" && order.ships == 1)
      #expect(try await house.need(id) == nil)
    }
  }

  @Test func `a label that was being bought meanwhile is a surplus that a person voids`()
    async throws
  {
    try await House.with { house in
      house.sandbox.setDials([
        FaultRule(call: "create_shipment", fault: .slow, when: .before, ms: 8_000)
      ])
      let id = house.sandbox.addOrders(count: 1)[0].id
      var isByHand = false
      try await house.work {
        if isByHand { return try await house.need(id)?.contains("void it") == true }
        guard house.sandbox.dialsFired == [1] else { return false }
        try await post("HAND-1", house, id)
        try await ship(house, id)
        isByHand = true
        return false
      }
      #expect(try await house.status(id) == .shipped)
      #expect(house.sandbox.tally().orders[id]?.labelsLive == 1)
      #expect(house.sandbox.tally().orders[id]?.tracking == "HAND-1")
      try await house.desk.void(id, by: "tester")
      try await house.work { try await house.ask("select status from shipments") == ["voided"] }
      #expect(house.sandbox.tally().orders[id]?.labelsLive == 0)
      #expect(try await house.desk.retry(id, by: "tester") == ["buy_label"])
      try await house.work { try await house.effectStates("buy_label") == ["cancelled"] }
      #expect(house.sandbox.tally().orders[id]?.labelsBought == 1)
      #expect(try await house.ledger.situation().failures == 0)
    }
  }
}
