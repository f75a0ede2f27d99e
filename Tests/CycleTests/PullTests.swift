import CanadaPost
import Kit
import Ledger
import Mirakl
import Operations
import Orders
import People
import Sandbox
import Synchronization
import Testing

@Suite struct `Pulling` {
  @Test func `a poll again never resets what we know`() async throws {
    try await House.with { house in
      let ids = house.sandbox.addOrders(count: 6).map(\.id)
      try await shipped(house, ids)
      let before = try await house.count("select count(*) from order_status_history")
      for walk in [PullWalk.poll, .sweep, .poll] {
        let report = await house.puller().pass(walk)
        #expect(report.problem == nil)
        #expect(report.new == 0)
        #expect(report.unchanged + report.changed == 6)
      }
      #expect(try await house.are(ids, .shipped))
      #expect(try await house.count("select count(*) from order_status_history") == before)
      #expect(try await house.count("select count(*) from effects where state <> 'confirmed'") == 0)
    }
  }

  @Test func `orders are stored though the worker has no room for them`() async throws {
    try await House.with { plan in
      plan.cycle.inFlightMax = 2
    } _: { house in
      // Room comes again only when the first acceptances are answered.
      var house = house
      let mayAccept = Atomic(false)
      defer { mayAccept.store(true, ordering: .relaxed) }
      let accept = house.shops[0].mirakl.accept
      house.shops[0].mirakl.accept = { order, lines in
        while !mayAccept.load(ordering: .relaxed), !Task.isCancelled {
          try? await Task.sleep(for: .milliseconds(20))
        }
        return await accept(order, lines)
      }
      let ids = house.sandbox.addOrders(count: 250).map(\.id)
      let worker = try house.worker()
      let puller = Puller(
        ledger: house.ledger, shop: house.shops[0], pull: house.pull, cycle: house.cycle,
        log: .silent, wake: { worker.wake() }, openHandover: { worker.openHandover() })
      let busy = Task { await worker.run() }
      let report = await puller.pass(.poll)
      #expect(report.new == 250)
      #expect(report.problem == nil)
      #expect(try await house.count("select count(*) from orders") == 250)
      #expect(try await house.count("select count(*) from order_acceptance_attempts") == 0)
      // The first batch found room and was taken on, the others wait in the ledger.
      #expect(try await house.count("select count(*) from effects where state = 'sending'") >= 100)
      #expect(try await house.count("select count(*) from effects where state = 'planned'") > 0)
      mayAccept.store(true, ordering: .relaxed)
      busy.cancel()
      await busy.value
      try await house.work(within: .seconds(120)) { try await house.are(ids, .shipped) }
      expectShippedOnce(house, ids)
    }
  }

  @Test func `an older copy never overwrites a newer one`() async throws {
    let moved = Atomic<Int64>(-3_600)
    try await House.with { plan in
      plan.world.now = { Timestamp.now() + .seconds(moved.load(ordering: .relaxed)) }
      plan.world.paymentDelay = .hours(9)
    } _: { house in
      let id = house.sandbox.addOrders(count: 1)[0].id
      let old = try await house.savedAnswer()
      _ = await house.puller().pass(.poll)
      moved.store(0, ordering: .relaxed)
      try await house.work { try await house.status(id) == .accepted }
      let before = try await house.ask(
        "select marketplace_state || order_data(o)::text from orders o")
      #expect(before.first??.hasPrefix("WAITING_DEBIT") == true)
      let report = try await house.puller().take(saved: old)
      #expect(report.new == 0)
      #expect(report.changed == 0)
      #expect(
        try await house.ask("select marketplace_state || order_data(o)::text from orders o")
          == before)
      #expect(try await house.status(id) == .accepted)
    }
  }

  @Test func `what cannot be acted on is parked with its reason, and heals by itself`()
    async throws
  {
    try await House.with { plan in
      plan.world.healDelay = .milliseconds(300)
    } _: { house in
      for item in SandboxCatalogue.items {
        try await house.ledger.map(
          shopSKU: item.sku, to: item.sku, title: item.title, weightGrams: item.grams)
      }
      let strange = house.sandbox.addOrders(count: 2, kinds: [.unknownStateThenHeals]).map(\.id)
      let missing = house.sandbox.addOrders(count: 6, kinds: [.missingFieldThenHeals]).map(\.id)
      let unknown = house.sandbox.addOrders(count: 2, kinds: [.unknownSku]).map(\.id)
      let report = await house.puller().pass(.poll)
      #expect(report.parked == 10)
      let orders = try await house.orders()
      for id in strange {
        #expect(orders[id]?.parkedReason == "unknown marketplace state WAITING_FRAUD_REVIEW")
      }
      for id in missing { #expect(orders[id]?.parkedReason?.hasSuffix(": missing") == true) }
      for id in unknown {
        #expect(orders[id]?.parkedReason?.hasPrefix("unknown SKU NO-SUCH-SKU-") == true)
      }
      #expect(
        try await house.count(
          "select count(*) from orders o where order_data(o) ->> 'order_id' = order_id") == 10)
      try await house.work { try await house.are(strange + missing, .shipped) }
      #expect(try await house.are(unknown, .parked))
      for id in unknown {
        let sku = try await house.orders()[id]?.parkedReason?.dropFirst("unknown SKU ".count) ?? ""
        try await house.ledger.map(shopSKU: String(sku), to: "LAP", weightGrams: 500)
      }
      try await shipped(house, strange + missing + unknown)
      let story = try await house.history(strange[0])
      #expect(Array(story.prefix(2)) == ["received>parked", "parked>pending_acceptance"])
    }
  }

  @Test func `an order without an id is kept whole beside the orders`() async throws {
    try await House.with { house in
      let odd = #"{"commercial_id": "x-1",  "order_lines": [] }"#
      let saved = Array(
        #"{"orders":[\#(odd), {"order_id":"GOOD-1","order_state":"SHIPPED"}]}"#.utf8)
      for _ in 0..<2 {
        let report = try await house.puller().take(saved: saved)
        #expect(report.unreadable == 1)
      }
      #expect(
        try await house.ask("select raw || problem || times from unreadable_orders")
          == [odd + "order_id: no identifier2"])
      #expect(try await house.status("GOOD-1") == .shipped)
    }
  }

  @Test func `a saved file goes through the same door, and twice is once`() async throws {
    try await House.with { house in
      let ids = house.sandbox.addOrders(count: 12).map(\.id)
      let saved = try await house.savedAnswer()
      let first = try await house.puller().take(saved: saved)
      #expect(first.new == 12)
      let second = try await house.puller().take(saved: saved)
      #expect(second.new == 0)
      #expect(second.changed == 0)
      #expect(second.unchanged == 12)
      #expect(try await house.effectStates("accept_order").count == 12)
      try await house.work(pulls: false) {
        try await house.orders().values.allSatisfy { $0.status == .shipped }
      }
      expectShippedOnce(house, ids)
    }
  }

  @Test func `all pages are walked`() async throws {
    try await House.with { plan in
      plan.pull.pageSize = 7
    } _: { house in
      let ids = house.sandbox.addOrders(count: 25).map(\.id)
      let report = await house.puller().pass(.poll)
      #expect(report.new == 25)
      #expect(house.requests("orders") == 4)
      try await shipped(house, ids)
    }
  }

  @Test func `a list of hundreds of pages is walked to its end`() async throws {
    try await House.with { plan in
      plan.pull.pageSize = 1
    } _: { house in
      house.sandbox.addOrders(count: 230)
      let report = await house.puller().pass(.poll)
      #expect(report.problem == nil)
      #expect(report.new == 230)
    }
  }

  @Test(arguments: [Fault.status, .throttled])
  func `a later page that fails is asked for again, not the whole list`(
    _ fault: Fault
  ) async throws {
    try await House.with { plan in
      plan.pull.pageSize = 7
      plan.pull.pauseOfPage = .milliseconds(10)
    } _: { house in
      house.sandbox.setDials([
        FaultRule(call: "orders", fault: fault, times: 2, after: 2, retryAfter: 1)
      ])
      house.sandbox.addOrders(count: 25)
      let report = await house.puller().pass(.poll)
      #expect(report.problem == nil)
      #expect(report.new == 25)
      #expect(house.requests("orders") == 6)
    }
  }

  @Test func `a page that cannot be had keeps no order behind it waiting`() async throws {
    try await House.with { plan in
      plan.pull.pageSize = 7
      plan.pull.pauseOfPage = .milliseconds(1)
      plan.pull.triesOfPage = 3
    } _: { house in
      house.sandbox.setDials([FaultRule(call: "orders", fault: .status, times: 3, after: 1)])
      house.sandbox.addOrders(count: 25)
      let report = await house.puller().pass(.poll)
      #expect(report.new == 18)
      #expect(report.problem?.contains("page at 7") == true)
      let shop = house.shops[0].settings.id
      let cursor = try await house.ledger.cursor(.poll, shop: shop)
      #expect(cursor.position == nil)
      let problems = try await house.ledger.pullProblems()
      #expect(problems.map(\.shopID) == [shop])
      // The next one gets the rest, and nothing is wrong any more.
      #expect(await house.puller().pass(.poll).new == 7)
      let none = try await house.ledger.pullProblems()
      #expect(none.isEmpty)
    }
  }

  @Test(arguments: [(1, 25, 5), (100, 7, 4)])
  func `an empty page that speaks of more is asked for again, a few times`(
    empty: Int, stored: Int, calls: Int
  ) async throws {
    try await House.with { plan in
      plan.pull.pageSize = 7
      plan.pull.pauseOfPage = .milliseconds(1)
      plan.pull.triesOfPage = 3
    } _: { house in
      house.sandbox.addOrders(count: 25)
      var shop = house.shops[0]
      let read = shop.mirakl.orders
      let left = Atomic(empty)
      shop.mirakl.orders = { query in
        let answer = await read(query)
        guard query.offset > 0, left.load(ordering: .relaxed) > 0 else { return answer }
        left.subtract(1, ordering: .relaxed)
        let page = MiraklOrderPage(orders: [], totalCount: 25, nextOffset: nil)
        return Answer(call: answer.call, result: .success(page))
      }
      let puller = Puller(
        ledger: house.ledger, shop: shop, pull: house.pull, cycle: house.cycle, log: .silent,
        wake: {})
      let report = await puller.pass(.poll)
      #expect(report.problem == nil)
      #expect(report.new == stored)
      #expect(house.requests("orders") == calls)
    }
  }

  @Test func `a list that does not end is a problem, and the cursor stays`() async throws {
    try await House.with { plan in
      plan.pull.pageSize = 1
      plan.pull.pagesMax = 3
    } _: { house in
      house.sandbox.addOrders(count: 5)
      let report = await house.puller().pass(.poll)
      #expect(report.new == 3)
      #expect(report.problem?.contains("3 pages") == true)
      let cursor = try await house.ledger.cursor(.poll, shop: house.shops[0].settings.id)
      #expect(cursor.position == nil)
    }
  }

  @Test(arguments: [Fault.duplicated, .reordered])
  func `pages with orders twice or out of order do no harm`(_ fault: Fault) async throws {
    try await House.with { plan in
      plan.pull.pageSize = 7
    } _: { house in
      house.sandbox.setDials([FaultRule(call: "orders", fault: fault)])
      let ids = house.sandbox.addOrders(count: 25).map(\.id)
      try await shipped(house, ids)
      #expect(try await house.orders().count == 25)
      #expect(house.sandbox.dialsFired[0] > 0)
    }
  }

  @Test func `a poll that is told to wait waits as long as it is told`() async throws {
    try await House.with { house in
      house.sandbox.setDials([
        FaultRule(call: "orders", fault: .throttled, times: 1, retryAfter: 1)
      ])
      let ids = house.sandbox.addOrders(count: 2).map(\.id)
      try await shipped(house, ids)
      let polls = house.sandbox.requests.filter { $0.call == "orders" }
      #expect(polls[0].status == 429)
      #expect(polls[1].at.duration(since: polls[0].at) >= .milliseconds(950))
    }
  }

  @Test func `a re-reading that is told to wait waits as long as it is told`() async throws {
    try await House.with { plan in
      plan.world.paymentDelay = .hours(9)
      plan.pull.rereadAfter = .zero
    } _: { house in
      house.sandbox.addOrders(count: 1)
      _ = await house.puller().pass(.poll)
      house.sandbox.setDials([
        FaultRule(call: "read_back", fault: .throttled, times: 1, retryAfter: 1)
      ])
      let puller = house.puller()
      let pulling = Task { await puller.run() }
      let ends = ContinuousClock.now + .seconds(20)
      var calls: [SandboxRequest] = []
      while ContinuousClock.now < ends {
        let all = house.sandbox.requests
        if let first = all.firstIndex(where: { $0.status == 429 }) {
          calls = Array(all[first...])
          if calls.count > 1 { break }
        }
        try await Task.sleep(for: .milliseconds(20))
      }
      pulling.cancel()
      await pulling.value
      try #require(calls.count > 1)
      #expect(calls[1].at.duration(since: calls[0].at) >= .milliseconds(950))
    }
  }

  @Test func `a lane that is told to wait waits as long as it is told`() async throws {
    try await House.with { house in
      house.sandbox.setDials([
        FaultRule(call: "accept", fault: .throttled, times: 1, retryAfter: 1)
      ])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await shipped(house, [id])
      let accepts = house.sandbox.requests.filter { $0.call == "accept" }
      #expect(accepts.map(\.status) == [429, 204])
      #expect(accepts[1].at.duration(since: accepts[0].at) >= .milliseconds(950))
      #expect(
        try await house.ask(
          "select status from order_acceptance_attempts order by attempt_number") == [
            "failure", "success",
          ])
    }
  }

  @Test func `one shop's bad key does not stop the other`() async throws {
    try await House.with { plan in
      plan.shopCount = 2
      plan.adjust = { if $0.id == "shop2" { $0.mirakl.apiKey = "revoked" } }
    } _: { house in
      let world = house.sandbox.settings
      let good = house.sandbox.addOrders(count: 8, shop: world.shops[0].id).map(\.id)
      house.sandbox.addOrders(count: 3, shop: world.shops[1].id)
      try await shipped(house, good)
      #expect(try await house.orders().count == 8)
      #expect(
        try await house.count(
          "select count(*) from pull_cursors where shop_id = 'shop2' and last_problem is not null")
          == 1)
    }
  }

  @Test func `one shop's bad carrier password does not stop the other`() async throws {
    try await House.with { plan in
      plan.shopCount = 2
      plan.adjust = { if $0.id == "shop2" { $0.carrier.password = "revoked" } }
    } _: { house in
      let world = house.sandbox.settings
      let good = house.sandbox.addOrders(count: 5, shop: world.shops[0].id).map(\.id)
      let bad = house.sandbox.addOrders(count: 3, shop: world.shops[1].id).map(\.id)
      try await house.work {
        try await both(house.are(good, .shipped)) { try await house.are(bad, .accepted) }
      }
      expectShippedOnce(house, good)
      let tally = house.sandbox.tally()
      for id in bad {
        #expect(tally.orders[id]?.accepts == 1)
        #expect(tally.orders[id]?.labelsBought == 0)
      }
    }
  }

  @Test func `an order of another shop is a person's question, and stays where it was`()
    async throws
  {
    try await House.with { plan in
      plan.shopCount = 2
    } _: { house in
      house.sandbox.addOrders(count: 1)
      let saved = try await house.savedAnswer()
      _ = try await house.puller(0).take(saved: saved)
      _ = try await house.puller(1).take(saved: saved)
      #expect(try await house.ask("select shop_id from orders") == ["main"])
      #expect(
        try await house.count(
          "select count(*) from process_failures where details like '%belongs to shop main%'") == 1)
      // Every pull shows it again; a person is told again only when they are done with the first.
      _ = try await house.puller(1).take(saved: saved)
      let open = try await house.ledger.openFailures(limit: 9)
      #expect(open.map(\.processName) == ["Pull"])
      #expect(house.notified.failures.count == 1)
      let id = try #require(open.first?.id)
      try await house.desk.settle(failure: id, by: "tester")
      #expect(try await house.ledger.openFailures(limit: 9).isEmpty)
      await #expect(throws: Desk.Refusal.self) {
        try await house.desk.settle(failure: id, by: "tester")
      }
      #expect(
        try await house.ask("select actor || ' ' || action from audit_trail")
          == ["tester failure.done"])
      _ = try await house.puller(1).take(saved: saved)
      #expect(try await house.ledger.openFailures(limit: 9).count == 1)
    }
  }
}
