import Kit
import Ledger
import Mirakl
import Operations
import Orders
import People
import Sandbox
import Testing

@Suite struct `Acceptance` {
  @Test func `an accepted order has one attempt, a success that points at its call`() async throws {
    try await House.with { house in
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await shipped(house, [id])
      #expect(
        try await house.ask(
          """
          select a.status || ' ' || a.attempt_number || ' ' || c.endpoint || ' '
            || (a.api_response ->> 'status')
          from order_acceptance_attempts a join api_calls c using (call_id)
          """) == ["success 1 OR21 204"])
    }
  }

  @Test func `an order that stays unaccepted is read three times, then a person is told`()
    async throws
  {
    try await House.with { house in
      let id = house.sandbox.addOrders(count: 1, kinds: [.neverAccepts])[0].id
      _ = await house.puller().pass(.poll)
      try await house.work(pulls: false) { try await house.status(id) == .acceptanceFailed }
      let tally = house.sandbox.tally().orders[id]
      #expect(tally?.acceptCalls == 1)
      #expect(house.requests("read_back") == 3)
      #expect(
        try await house.ask("select status from order_acceptance_attempts") == ["success"])
      let sent = house.sandbox.requests.first { $0.call == "accept" }?.body ?? []
      let body = String(decoding: sent, as: UTF8.self)
      #expect(
        try await house.ask(
          """
          select (details like 'Validation failed after 3 attempts%WAITING_ACCEPTANCE%')::text
            || (raw_request_payload = '\(body)'::jsonb)::text
          from order_acceptance_debug_logs where order_id = '\(id)'
          """) == ["truetrue"])
      #expect(
        try await house.ask(
          "select process_name || ' ' || order_id from process_failures where resolved_at is null")
          == ["OrderAcceptance \(id)"])
      #expect(house.notified.failures.map(\.orderID) == [id])
      #expect(house.notified.failures.map(\.processName) == ["OrderAcceptance"])
    }
  }

  @Test func `a refused accept call fails at once`() async throws {
    try await House.with { house in
      let id = house.sandbox.addOrders(count: 1, kinds: [.acceptRefused])[0].id
      _ = await house.puller().pass(.poll)
      try await house.work(pulls: false) { try await house.status(id) == .acceptanceFailed }
      #expect(house.sandbox.tally().orders[id]?.acceptCalls == 1)
      #expect(
        try await house.ask(
          "select status || ' ' || (api_response ->> 'status') from order_acceptance_attempts")
          == ["failure 400"])
      #expect(
        try await house.count(
          """
          select count(*) from order_acceptance_debug_logs
          where details like 'Initial API call failed%' and raw_request_payload is not null
          """) == 1)
      #expect(house.notified.failures.count == 1)
    }
  }

  @Test func `an acceptance that failed is tried again when a person says so`() async throws {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "accept", fault: .acceptIgnored, times: 1)])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.status(id) == .acceptanceFailed }
      let kinds = try await house.desk.retry(id, by: "tester")
      #expect(kinds == ["accept_order"])
      try await house.work { try await house.status(id) == .shipped }
      expectShippedOnce(house, [id])
      #expect(house.sandbox.tally().orders[id]?.acceptCalls == 2)
      #expect(
        try await house.ask(
          "select attempt_number::text from order_acceptance_attempts order by 1") == ["1", "2"])
      #expect(
        try await house.ask("select resolved_by from process_failures") == ["tester"])
      #expect(
        try await house.ask(
          "select actor from order_status_history where previous_status = 'acceptance_failed'")
          == ["tester"])
    }
  }

  @Test func `an order that failed and is accepted by hand goes on, and leaves nothing to answer`()
    async throws
  {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "accept", fault: .acceptIgnored, times: 1)])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.status(id) == .acceptanceFailed }
      // As somebody does it on the marketplace's own page.
      let lines = try #require(try await house.ledger.facts(of: [id]).first).lineIDs
      try await house.shops[0].mirakl.accept(id, lines.map { (lineID: $0, accepted: true) })
        .result.get()
      try await shipped(house, [id])
      #expect(try await house.effectStates("accept_order") == ["cancelled"])
      #expect(try await house.need(id) == nil)
      #expect(try await house.ledger.situation().failures == 0)
      // One that went on before it was settled so is settled by a retry.
      try await house.script(
        """
        update effects set state = 'needs_person' where kind = 'accept_order';
        update process_failures set resolved_at = null, resolved_by = null
        """)
      #expect(try await house.desk.retry(id, by: "tester") == ["accept_order"])
      #expect(try await house.effectStates("accept_order") == ["cancelled"])
      #expect(try await house.ledger.situation().failures == 0)
    }
  }

  @Test func `an accept call that the key does not allow is an attempt that failed`() async throws {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "accept", fault: .status, times: 1, status: 401)])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await shipped(house, [id])
      #expect(
        try await house.ask(
          "select status from order_acceptance_attempts order by attempt_number") == [
            "failure", "success",
          ])
    }
  }

  @Test func `when the answer to the accept call is lost it is looked up, not sent again`()
    async throws
  {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "accept", fault: .answerLost)])
      let ids = house.sandbox.addOrders(count: 10).map(\.id)
      try await shipped(house, ids)
      #expect(house.sandbox.tally().totals.acceptCalls == 10)
      #expect(
        try await house.count(
          "select count(*) from order_acceptance_attempts where status = 'unknown'") == 10)
    }
  }

  @Test func `an accept call that never arrived is a person's question, and is not sent again`()
    async throws
  {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "accept", fault: .requestLost, times: 1)])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.status(id) == .acceptanceFailed }
      #expect(house.requests("accept") == 1)
      #expect(try await house.need(id) != nil)
      try await house.retryAllThatNeedPeople()
      try await shipped(house, [id])
    }
  }

  @Test func `an order cancelled before its acceptance is never labelled`() async throws {
    try await House.with { house in
      let ids = house.sandbox.addOrders(
        count: 6, kinds: [.cancelledBeforeAccept, .refused]
      ).map(\.id)
      try await house.work { try await house.are(ids, .cancelled) }
      let tally = house.sandbox.tally()
      for id in ids {
        #expect(tally.orders[id]?.accepts == 0)
        #expect(tally.orders[id]?.labelsBought == 0)
      }
      #expect(house.notified.failures.isEmpty)
      #expect(tally.violations.isEmpty)
    }
  }

  @Test func `an order cancelled after its acceptance is never labelled`() async throws {
    try await House.with { plan in
      plan.world.debitDelay = .milliseconds(200)
      plan.world.paymentDelay = .milliseconds(100)
    } _: { house in
      let ids = house.sandbox.addOrders(count: 5, kinds: [.cancelledAfterAccept]).map(\.id)
      try await house.work { try await house.are(ids, .cancelled) }
      let tally = house.sandbox.tally()
      for id in ids {
        #expect(tally.orders[id]?.accepts == 1)
        #expect(tally.orders[id]?.labelsBought == 0)
        #expect(tally.orders[id]?.ships == 0)
      }
      #expect(house.requests("create_shipment") == 0)
      #expect(tally.violations.isEmpty)
    }
  }
}
