import CanadaPost
import ClusterStage
import Kit
import Ledger
import Operations
import Orders
import People
import Postgres
import Sandbox
import Testing

@Suite struct `Trouble` {
  @Test(arguments: [FaultRule.Moment.before, .after])
  func `an order cancelled while its label is bought is voided and not shipped`(
    _ moment: FaultRule.Moment
  ) async throws {
    try await House.with { house in
      house.sandbox.setDials([
        FaultRule(call: "create_shipment", fault: .lateCancel, when: moment)
      ])
      let ids = house.sandbox.addOrders(count: 5).map(\.id)
      try await house.work {
        let voids = try await house.effectStates("void_label")
        return try await both(voids == Array(repeating: "confirmed", count: 5)) {
          try await house.are(ids, .cancelled)
        }
      }
      expectVoided(house, ids)
    }
  }

  @Test func `an order cancelled while the answer to its purchase is lost is voided too`()
    async throws
  {
    try await House.with { house in
      let ids = house.sandbox.addOrders(count: 4, kinds: [.cancelledAfterLabel]).map(\.id)
      house.sandbox.setDials([FaultRule(call: "create_shipment", fault: .answerLost)])
      try await house.work {
        let voids = try await house.effectStates("void_label")
        return try await both(voids == Array(repeating: "confirmed", count: 4)) {
          try await house.are(ids, .cancelled)
        }
      }
      expectVoided(house, ids)
    }
  }

  private func expectVoided(
    _ house: House, _ ids: [String], at location: SourceLocation = #_sourceLocation
  ) {
    let tally = house.sandbox.tally()
    for id in ids {
      #expect(tally.orders[id]?.labelsBought == 1, sourceLocation: location)
      #expect(tally.orders[id]?.labelsLive == 0, sourceLocation: location)
      #expect(tally.orders[id]?.voids == 1, sourceLocation: location)
      #expect(tally.orders[id]?.ships == 0, sourceLocation: location)
    }
    #expect(tally.violations.isEmpty, sourceLocation: location)
  }

  @Test func `without a contract a label of a cancelled order is handed in for a refund`()
    async throws
  {
    try await House.with { plan in
      plan.isContract = false
    } _: { house in
      let ids = house.sandbox.addOrders(count: 2, kinds: [.cancelledAfterLabel]).map(\.id)
      try await house.work {
        let refunds = try await house.effectStates("refund_label")
        return try await both(refunds == ["confirmed", "confirmed"]) {
          try await house.are(ids, .cancelled)
        }
      }
      let tally = house.sandbox.tally()
      for id in ids {
        #expect(tally.orders[id]?.refunds == 1)
        #expect(tally.orders[id]?.labelsLive == 0)
        #expect(tally.orders[id]?.ships == 0)
      }
      #expect(tally.violations.isEmpty)
    }
  }

  @Test func `while the carrier is down the tracking of others goes on`() async throws {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "tracking", fault: .requestLost)])
      let labelled = house.sandbox.addOrders(count: 4).map(\.id)
      try await house.work { try await house.are(labelled, .labelCreated) }
      house.sandbox.setDials([FaultRule(call: "canada_post", fault: .requestLost)])
      let waiting = house.sandbox.addOrders(count: 4).map(\.id)
      try await house.work {
        try await both(house.are(labelled, .shipped)) { try await house.are(waiting, .accepted) }
      }
      expectShippedOnce(house, labelled)
      #expect(house.sandbox.tally().totals.labelsBought == 4)
      house.sandbox.setDials([])
      try await house.work {
        try await house.retryAllThatNeedPeople()
        return try await house.are(waiting, .shipped)
      }
      expectShippedOnce(house, labelled + waiting)
    }
  }

  @Test func `while the marketplace is down labels are still bought`() async throws {
    try await House.with { house in
      // A carrier that refuses the key holds the purchases back.
      house.sandbox.setDials([FaultRule(call: "create_shipment", fault: .status, status: 401)])
      let ids = house.sandbox.addOrders(count: 5).map(\.id)
      try await house.work {
        try await house.count(
          "select count(*) from orders where status = 'accepted' and has_address")
          == 5
      }
      house.sandbox.setDials([FaultRule(call: "mirakl", fault: .requestLost)])
      try await house.work { try await house.are(ids, .labelCreated) }
      #expect(house.sandbox.tally().totals.labelsLive == 5)
      house.sandbox.setDials([])
      try await shipped(house, ids)
    }
  }

  @Test(arguments: [Fault.malformed, .entityBomb, .huge, .schemaError, .truncated])
  func `hostile answers to every kind of call stop nothing for good`(_ fault: Fault) async throws {
    try await House.with { house in
      let calls = [
        "orders", "read_back", "accept", "tracking", "ship", "create_shipment", "find_shipments",
        "shipment", "details", "artifact", "void",
      ]
      house.sandbox.setDials(
        calls.map { call in
          FaultRule(call: call, fault: fault, times: 6, timesEach: 2, bytes: 17 << 20)
        })
      let ids = house.sandbox.addOrders(count: 6).map(\.id)
      let off = house.sandbox.addOrders(count: 2, kinds: [.cancelledAfterLabel]).map(\.id)
      try await house.work {
        try await house.retryAllThatNeedPeople()
        return try await both(house.are(ids, .shipped)) {
          try await both(house.are(off, .cancelled)) {
            house.sandbox.tally().totals.labelsLive == ids.count
          }
        }
      }
      expectShippedOnce(house, ids)
    }
  }

  @Test func `two workers share the work`() async throws {
    try await House.with { plan in
      // Few at a time, and each takes a while: there is always something left for the other.
      plan.cycle.inFlightMax = 4
    } _: { house in
      house.sandbox.setDials([FaultRule(call: "*", fault: .slow, ms: 15)])
      let ids = house.sandbox.addOrders(count: 60).map(\.id)
      let crew = [Metrics(), Metrics()]
      try await house.work(workers: crew) { try await house.are(ids, .shipped) }
      expectShippedOnce(house, ids)
      let tally = house.sandbox.tally()
      #expect(tally.totals.acceptCalls == 60)
      #expect(tally.totals.trackings == 60)
      #expect(house.requests("create_shipment") == 60)
      #expect(house.requests("ship") == 60)
      // Each of them had its part.
      for metrics in crew { #expect(metrics.text().contains("quayside_steps_total{")) }
    }
  }

  @Test(arguments: ["tracking", "ship"])
  func `a label voided by a person is not tracked or shipped, and retry buys a new one`(
    _ held: String
  ) async throws {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: held, fault: .status, status: 401)])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work {
        try await both(house.status(id) == .labelCreated) { house.requests(held) > 0 }
      }
      let first = house.sandbox.tally().orders[id]?.livePins.first
      try await house.desk.void(id, by: "tester")
      try await house.work { house.sandbox.tally().orders[id]?.voids == 1 }
      try await house.work { try await house.status(id) == .accepted }
      let before = house.requests(held)
      house.sandbox.setDials([])
      // What was planned for the voided parcel comes due meanwhile.
      try await house.work {
        try await house.count(
          """
          select count(*) from effects where state in ('planned', 'sending', 'verifying', 'unknown')
          """) == 0
      }
      #expect(house.requests(held) == before)
      #expect(house.sandbox.tally().orders[id]?.ships == 0)
      let kinds = try await house.desk.retry(id, by: "tester")
      #expect(kinds == ["buy_label"])
      try await house.work { try await house.status(id) == .shipped }
      let order = house.sandbox.tally().orders[id]
      #expect(order?.labelsBought == 2)
      #expect(order?.labelsLive == 1)
      #expect(order?.voids == 1)
      #expect(order?.ships == 1)
      #expect(order?.tracking != first)
      #expect(order?.livePins == order?.tracking.map { [$0] })
      // A number that was posted already has to change with its label.
      let isPosted = held == "ship"
      let violations = house.sandbox.tally().violations.filter {
        !isPosted || $0.name != "tracking_changed"
      }
      #expect(violations.isEmpty)
    }
  }

  @Test func `a label that is transmitted already is handed in for a refund`() async throws {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "tracking", fault: .status, status: 401)])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.status(id) == .labelCreated }
      let shop = house.shops[0]
      let groups = try await shop.carrier.groups().result.get()
      var address = shop.settings.parcels.sender
      address.company = "Example Laptops"
      _ = try await shop.carrier.transmit(
        TransmitRequest(groupIDs: groups, methodOfPayment: "Account", address: address)
      ).result.get()
      try await house.desk.void(id, by: "tester")
      try await house.work { house.sandbox.tally().orders[id]?.refunds == 1 }
      try await house.work { try await house.status(id) == .accepted }
      #expect(house.sandbox.tally().orders[id]?.voids == 0)
      #expect(
        try await house.ask("select status from shipments") == ["refund_requested"])
    }
  }

  @Test func `the database crashes twice amid 200 orders, and nothing is lost or doubled`()
    async throws
  {
    let cluster = try await TestCluster.own("quayside-cycle")
    try await TestCluster.prepare(
      cluster.configuration, "cycle_restart", more: TestCluster.asking)
    var configuration = cluster.configuration
    configuration.database = "cycle_restart"
    let place = configuration
    try await House.with { plan in
      plan.configuration = place
      plan.cycle.callDeadline = .seconds(10)
      plan.cycle.purchaseDeadline = .seconds(10)
      plan.cycle.lease = .seconds(30)
    } _: { house in
      let ids = house.sandbox.addOrders(count: 200).map(\.id)
      var crashes = 0
      var users: [PrivateCluster] = []
      try await house.work(within: .seconds(180)) {
        let tally = house.sandbox.tally().totals
        if (crashes == 0 && tally.accepts > 60) || (crashes == 1 && tally.ships > 60) {
          crashes += 1
          TestCluster.crash(cluster)
          users.append(try await TestCluster.reopen(cluster))
        }
        do {
          return try await house.are(ids, .shipped)
        } catch let error as PostgresError where error.isConnectionTrouble {
          return false
        }
      }
      #expect(crashes == 2)
      expectShippedOnce(house, ids)
      let tally = house.sandbox.tally()
      #expect(tally.totals.acceptCalls == 200)
      #expect(tally.totals.labelsBought == 200)
      #expect(tally.totals.ships == 200)
      #expect(house.notified.failures.isEmpty)
      for user in users { await user.close() }
    }
    await cluster.close()
  }
}
