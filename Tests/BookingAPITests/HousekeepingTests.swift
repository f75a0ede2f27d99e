import Booking
import Bookings
import Kit
import Ledger
import Operations
import Synchronization
import Testing

@Suite("What is past its life, and what the log says")
struct HousekeepingTests {
  @Test("keys go after 48 hours, a batch at a time; their orders stay")
  func keys() async throws {
    try await Stand.play { stand in
      for number in 1...5 {
        let answer = try await stand.call(
          "POST", "/api/orders", request(name: "Robin \(number)", key: "k\(number)"),
          as: stand.staff)
        #expect(answer.status == 201)
      }
      #expect(try await stand.ledger.purgeKeys(upTo: 2) == 0)
      try await stand.run(
        "update idempotency_keys set created_at = created_at - interval '49 hours' where key < 'k4'"
      )
      #expect(try await stand.ledger.purgeKeys(upTo: 2) == 2)
      #expect(try await stand.ledger.purgeKeys(upTo: 2) == 1)
      #expect(try await stand.ledger.purgeKeys(upTo: 2) == 0)
      #expect(try await stand.rows("select key from idempotency_keys order by 1") == ["k4", "k5"])
      #expect(try await stand.count("orders") == 5)
    }
  }

  @Test("drafts that nobody booked go with their questions and approvals, booked ones stay")
  func drafts() async throws {
    try await Stand.play(hasCourier: true) { stand in
      let booked = try await stand.readyDraft(name: "Booked")
      try await stand.tap(try await stand.ask(booked))
      #expect(try await stand.book(booked).status == 201)
      let asked = try await stand.readyDraft(quantity: 500, name: "Asked")
      let summary = try await stand.step("GET", "/api/drafts/\(asked)", nil, stand.staff)
      let digest = try #require(summary.draft?["summary_sha256"]?.string)
      try await stand.step(
        "POST", "/api/drafts/\(asked)/approval", ["summary_sha256": .string(digest)], stand.staff)
      _ = try await stand.ask(asked)
      let young = try await stand.readyDraft(name: "Young")
      let keep = Duration.days(30)
      #expect(try await stand.ledger.purgeDrafts(expiredFor: keep, upTo: 10) == 0)
      try await stand.run(
        """
        update booking_drafts set expires_at = expires_at - interval '40 days'
        where draft_id <> '\(young)'
        """)
      #expect(try await stand.ledger.purgeDrafts(expiredFor: keep, upTo: 10) == 1)
      #expect(try await stand.ledger.purgeDrafts(expiredFor: keep, upTo: 10) == 0)
      #expect(
        try await stand.rows("select draft_id::text from booking_drafts order by created_at")
          == [booked, young])
      #expect(try await stand.count("booking_confirmations") == 1)
      #expect(try await stand.count("booking_approvals") == 0)
      #expect(try await stand.count("booking_consents") == 1)
      // What was asked for stays on record, also of drafts that are gone.
      #expect(
        try await stand.one(
          "select (count(*) > 0)::text from booking_calls where draft_id = '\(asked)'") == "true")
    }
  }

  @Test("two housekeepers go through thousands of old keys and drafts, say so, and end when told")
  func loop() async throws {
    try await Stand.play { stand in
      let fresh = try await stand.call(
        "POST", "/api/orders", request(key: "young"), as: stand.staff)
      #expect(fresh.status == 201)
      // The first finds more than a batch of each, at once.
      try await stand.run(
        """
        insert into idempotency_keys (business_id, principal, operation, key, state, request_sha256,
          canonical_sha256, status, code, created_at)
        select 'tea-house', 'p', 'o', 'old-' || n, 'failed', '', '', 422, 'UNKNOWN_ITEM',
          now() - interval '49 hours' from generate_series(1, 2500) n;
        insert into booking_drafts (draft_id, business_id, principal, version, content, expires_at,
          created_at, updated_at)
        select gen_random_uuid(), 'tea-house', 'p', 1, '{}', now() - interval '31 days', now(), now()
        from generate_series(1, 1200)
        """)
      let lines = Lines()
      let log = Log(level: .info, format: .json, sink: { lines.add($0) })
      let tasks = (0..<2).map { _ in
        Task {
          await Housekeeper(ledger: stand.ledger, keepDrafts: .days(30), log: log).run()
        }
      }
      let ends = ContinuousClock.now + Stand.patience
      func gone(_ name: String) -> Int {
        lines.named("old bookkeeping removed")
          .reduce(0) { $0 + (Int($1[name]?.string ?? "") ?? 0) }
      }
      while gone("keys") < 2_500 || gone("drafts") < 1_200, ContinuousClock.now < ends {
        try await Task.sleep(for: .milliseconds(20))
      }
      for task in tasks { task.cancel() }
      for task in tasks { await task.value }
      // Each row was removed by one of them.
      #expect(gone("keys") == 2_500 && gone("drafts") == 1_200)
      #expect(try await stand.rows("select key from idempotency_keys") == ["young"])
      #expect(try await stand.count("booking_drafts") == 0)
      #expect(lines.named("old bookkeeping was not removed").isEmpty)
      let again = try await Housekeeper(
        ledger: stand.ledger, keepDrafts: .days(30), log: log
      ).round()
      #expect(again == (0, 0))
    }
  }

  private final class Lines: Sendable {
    private let all = Mutex<[JSONValue]>([])
    func add(_ line: String) {
      guard let json = try? JSONValue.parse(Array(line.utf8)) else { return }
      all.withLock { $0.append(json) }
    }
    func named(_ name: String) -> [JSONValue] {
      all.withLock { $0.filter { $0["message"]?.string == name } }
    }
  }

  @Test(
    "the log's events have the names and fields that their readers look for, and no phone number")
  func events() async throws {
    try await Stand.play { stand in
      let lines = Lines()
      let service = BookingService(
        ledger: stand.ledger, settings: BookingSettings(publicURL: "https://orders.example.com"),
        log: Log(level: .info, format: .json, sink: { lines.add($0) }))
      let staff = Caller.test(try await service.principal(secret: stand.staff))
      let agent = Caller.test(try await service.principal(secret: stand.agent))
      guard
        case .booked(_, _, let id, _) = await service.create(request().bytes, key: "a", by: staff)
      else {
        Issue.record("not booked")
        return
      }
      _ = await service.create(request().bytes, key: "a", by: staff)
      _ = await service.create(request().bytes, key: "b", by: staff)
      _ = try await service.move(id, to: .confirmed, reason: nil, by: staff)
      let early = await service.createOrderFromAI(
        request(source: "ai", name: "Somebody", key: "c").bytes, by: agent)
      guard case .refused(let refusal) = early else {
        Issue.record("booked without a yes")
        return
      }
      #expect(try await service.isOrderBookingEnabled("tea-house"))

      let created = try #require(lines.named("order_created").first)
      #expect(created["order_id"]?.string == id && created["user_id"]?.string == "tea-house")
      #expect(created["source"]?.string == "manual")
      #expect(lines.named("order_created").count == 1)
      #expect(lines.named("order_replayed").first?["order_id"]?.string == id)
      let moved = try #require(lines.named("order_status_changed").first)
      #expect(
        moved["old_status"]?.string == "pending" && moved["new_status"]?.string == "confirmed")
      let decision = try #require(lines.named("ai_decision").first)
      #expect(decision["user_id"]?.string == "tea-house" && decision["decision"]?.string != nil)
      let blocked = try #require(lines.named("duplicate_order_blocked").first)
      #expect(blocked["existing_order_id"]?.string == id)
      #expect(blocked["customer_phone"]?.string?.hasSuffix("99") == true)
      #expect(!blocked.rawText.contains("9025550199"))
      let guardrail = try #require(lines.named("ai_guardrail_triggered").first)
      #expect(guardrail["guardrail"]?.string == refusal.code.rawValue.lowercased())
      #expect(guardrail["action"]?.string == "blocked")
    }
  }
}
