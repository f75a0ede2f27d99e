import ClusterStage
import Kit
import Ledger
import Operations
import Orders
import Postgres
import Sandbox
import Testing

@Suite struct `The audit trail` {
  @Test func `the history of an order is the legal path, each step with its cause`() async throws {
    try await House.with { house in
      let ids = house.sandbox.addOrders(count: 3).map(\.id)
      try await shipped(house, ids)
      for id in ids {
        #expect(
          try await house.history(id) == [
            "received>pending_acceptance", "pending_acceptance>accepted",
            "accepted>label_created", "label_created>shipped",
          ])
      }
      #expect(
        try await house.count("select count(*) from order_status_history where cause = ''") == 0)
      #expect(
        try await house.count(
          "select count(*) from order_status_history where correlation_id is null") == 0)
    }
  }

  @Test func `append-only tables refuse update, delete and truncate`() async throws {
    try await House.with { house in
      let ids = house.sandbox.addOrders(count: 8).map(\.id)
      try await shipped(house, ids)
      for table in ["order_status_history", "api_calls"] {
        #expect(try await house.count("select count(*) from \(table)") > 0)
        for change in [
          "update \(table) set created_at = now()", "delete from \(table)", "truncate \(table)",
        ] {
          await #expect(throws: PostgresError.self, "\(change)") {
            try await TestCluster.administer(house.configuration) { connection in
              try await connection.script(change, deadline: .seconds(10))
            }
          }
        }
      }
    }
  }

  @Test func `every outside call is kept, and no other`() async throws {
    try await House.with { house in
      house.sandbox.setDials([
        FaultRule(call: "create_shipment", fault: .answerLost, probability: 0.3, timesEach: 1),
        FaultRule(call: "accept", fault: .answerLost, probability: 0.3, timesEach: 1),
        FaultRule(call: "artifact", fault: .notReady, probability: 0.5, times: 2),
        FaultRule(call: "ship", fault: .html502, probability: 0.3, timesEach: 1, when: .after),
        FaultRule(call: "tracking", fault: .status, probability: 0.3, timesEach: 1),
      ])
      let ids = house.sandbox.addOrders(
        count: 24, kinds: OrderKind.normal + [.cancelledAfterLabel]
      ).map(\.id)
      let report = await house.puller().pass(.poll)
      #expect(report.new == 24)
      try await house.work(pulls: false) {
        let orders = try await house.orders().values
        let voids = try await house.effectStates("void_label")
        return orders.allSatisfy { $0.status?.isFinal == true }
          && voids.allSatisfy { $0 == "confirmed" }
      }
      #expect(try await house.orders().count == ids.count)
      let endpoints: [(String, [String])] = [
        ("OR11", ["orders", "read_back"]), ("OR21", ["accept"]), ("OR23", ["tracking"]),
        ("OR24", ["ship"]), ("CreateShipment", ["create_shipment"]),
        ("FindShipments", ["find_shipments"]), ("GetShipment", ["shipment"]),
        ("GetShipmentDetails", ["details"]), ("GetArtifact", ["artifact"]),
        ("VoidShipment", ["void"]),
      ]
      var total = 0
      for (endpoint, calls) in endpoints {
        let received = house.sandbox.requests.count { calls.contains($0.call) }
        let kept = try await house.count(
          "select count(*) from api_calls where endpoint = '\(endpoint)'")
        #expect(kept == received, "\(endpoint)")
        total += received
      }
      #expect(total == house.sandbox.requests.count)
    }
  }

  @Test func `a failed look at orders that nobody saw for a while is kept too`() async throws {
    try await House.with { plan in
      plan.world.paymentDelay = .hours(1)
      plan.pull.rereadAfter = .zero
    } _: { house async throws in
      house.sandbox.addOrders(count: 1)
      _ = await house.puller().pass(.poll)
      house.sandbox.setDials([FaultRule(call: "read_back", fault: .status, status: 500)])
      let report = await house.puller().rereadStale()
      #expect(report.problem != nil)
      #expect(house.requests("read_back") == 1)
      #expect(try await house.count("select count(*) from api_calls where status_code = 500") == 1)
    }
  }

  @Test func `no secret is in any column of the calls`() async throws {
    try await House.with { plan in
      plan.world.shops[0].apiKey = "key-7d1f-SECRET"
      plan.world.carrierUser = "user-SECRET"
      plan.world.carrierPassword = "pass-SECRET-word"
    } _: { house in
      house.sandbox.setDials([
        FaultRule(call: "create_shipment", fault: .answerLost, timesEach: 1),
        FaultRule(call: "orders", fault: .status, times: 1),
      ])
      let ids = house.sandbox.addOrders(count: 4).map(\.id)
      try await shipped(house, ids)
      // "user-SECRET:pass-SECRET-word" in base64, and the parts of it.
      let secrets = [
        "key-7d1f-SECRET", "user-SECRET", "pass-SECRET-word",
        "dXNlci1TRUNSRVQ6cGFzcy1TRUNSRVQtd29yZA", "SECRET",
      ]
      for secret in secrets {
        #expect(
          try await house.count(
            "select count(*) from api_calls c where strpos(c::text, '\(secret)') > 0") == 0,
          "\(secret)")
      }
      // Bodies that are kept in base64 hold none either.
      #expect(
        try await house.count(
          """
          select count(*) from api_calls where response_base64 and
            strpos(encode(decode(response_body, 'base64'), 'escape'), 'SECRET') > 0
          """) == 0)
      // The headers that matter are there.
      #expect(
        try await house.count(
          "select count(*) from api_calls where endpoint = 'CreateShipment'"
            + " and request_headers::text ilike '%content-type%'") > 0)
    }
  }
}
