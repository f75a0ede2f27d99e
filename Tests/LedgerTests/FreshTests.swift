import Effects
import Kit
import Ledger
import Orders
import Postgres
import Synchronization
import Testing

extension LedgerTests {
  /// Changes that say that what they write is new: written without a look for doubles.
  @Suite("Changes of new rows") struct FreshTests {
    @Test("what was planned before after all is found, and everything else is written once")
    func doublePlan() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1", "o2"])
        try await shop.write { $0.plans = [Shop.effect(of: "o1")] }
        let asked = Mutex(0)
        let call = CallRecord.sample(related: "o1")
        let claimed = try await shop.ledger.change(
          ChangeScope(orderIDs: ["o1", "o2"], calls: [call]), lease: Shop.lease()
        ) { _ in
          asked.withLock { $0 += 1 }
          var changes = ChangeSet()
          changes.isFresh = true
          changes.plans = ["o1", "o2"].map { Shop.effect(of: $0, isClaimed: true) }
          changes.debugLogs = [
            AcceptanceDebugLog(orderID: "o2", details: "once", requestPayload: nil)
          ]
          return (changes, ())
        }.claimed
        #expect(asked.withLock { $0 } == 2)
        #expect(claimed.map(\.subject) == ["o2"])
        #expect(
          try await shop.database.rows(
            "select subject || ' ' || state from effects order by 1") == [
              "o1 planned", "o2 sending",
            ])
        #expect(
          try await shop.database.one(
            "select (select count(*) from api_calls) || ' ' || count(*) from order_acceptance_debug_logs"
          )
            == "1 1")
      }
    }

    @Test("without a double nothing is asked twice")
    func noDouble() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"])
        let asked = Mutex(0)
        _ = try await shop.ledger.change(ChangeScope(orderIDs: ["o1"]), lease: Shop.lease()) { _ in
          asked.withLock { $0 += 1 }
          var changes = ChangeSet()
          changes.isFresh = true
          changes.plans = [Shop.effect(of: "o1", isClaimed: true)]
          return (changes, ())
        }
        #expect(asked.withLock { $0 } == 1)
      }
    }

    @Test("what is refused either way is refused, and nothing of it stays")
    func refused() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"])
        await #expect(throws: PostgresError.self) {
          try await shop.write(ChangeScope(orderIDs: ["o1"], calls: [.sample(related: "o1")])) {
            $0.isFresh = true
            $0.add(Shop.order("o1"), as: .pendingAcceptance)
          }
        }
        #expect(try await shop.database.one("select count(*)::text from api_calls") == "0")
        #expect(try await shop.database.one("select count(*)::text from orders") == "1")
      }
    }

    @Test("a call that served several is kept once, with all of them, whichever commit brings it")
    func sharedCall() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1", "o2"])
        let call = CallRecord.sample(subjects: ["o1", "o2", "o1"])
        for id in ["o1", "o2"] {
          try await shop.write(ChangeScope(orderIDs: [id], calls: [call])) { changes in
            changes.isFresh = true
            changes.plans = [Shop.effect(of: id)]
          }
        }
        #expect(
          try await shop.database.rows(
            """
            select subject from api_call_subjects join api_calls using (call_id, created_at)
            order by subject
            """) == ["o1", "o2"])
      }
    }
  }
}
