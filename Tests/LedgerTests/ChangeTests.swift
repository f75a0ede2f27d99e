import ClusterStage
import Effects
import Kit
import Ledger
import Orders
import Postgres
import Synchronization
import Testing

extension LedgerTests {
  @Suite("Changes under trouble") struct ChangeTests {
    /// Accepts both orders once, looking at what is there as every decision does.
    private func accept(_ shop: Shop, _ asked: borrowing Atomic<Int>) async throws {
      _ = try await accepting(shop, asked)
    }

    private func accepting(_ shop: Shop, _ asked: borrowing Atomic<Int>) async throws -> Int {
      let count = Mutex(0)
      let scope = ChangeScope(orderIDs: ["o2", "o1"], calls: [Self.call])
      _ = try await shop.ledger.change(scope, lease: Shop.lease()) { locked in
        count.withLock { $0 += 1 }
        var changes = ChangeSet()
        for id in ["o1", "o2"] where locked.orders[id]?.status == .pendingAcceptance {
          changes.move(id, .pendingAcceptance, .accepted)
          changes.plans.append(Shop.effect(.buyLabel, of: id))
          changes.debugLogs.append(
            AcceptanceDebugLog(orderID: id, details: "once", requestPayload: nil))
        }
        return (changes, ())
      }
      let times = count.withLock { $0 }
      asked.add(times, ordering: .relaxed)
      return times
    }

    private static let call = CallRecord.sample(related: "o1", subjects: ["o1", "o2"])

    private func expectOnce(_ shop: Shop) async throws {
      #expect(
        try await shop.database.rows(
          """
          select o.order_id || ' ' || o.status || ' '
            || (select count(*) from order_status_history h where h.order_id = o.order_id) || ' '
            || (select count(*) from effects e where e.subject = o.order_id) || ' '
            || (select count(*) from order_acceptance_debug_logs d where d.order_id = o.order_id)
          from orders o order by 1
          """) == ["o1 accepted 2 1 1", "o2 accepted 2 1 1"])
      #expect(
        try await shop.database.one(
          "select (select count(*) from api_calls) || ' ' || (select count(*) from api_call_subjects)"
        )
          == "1 1")
    }

    /// The backends of this database that wait, for a lock or for whatever else is named.
    private func waiting(_ shop: Shop, _ event: String) async throws -> [String] {
      try await shop.database.rows(
        """
        select pid::text from pg_stat_activity
        where datname = current_database() and \(event) and pid <> pg_backend_pid()
        """)
    }

    private func kill(_ shop: Shop, _ pid: String) async throws {
      try await shop.database.run("select pg_terminate_backend(\(pid), 10000)")
    }

    /// Over one new connection, for which settings hold that the database was given since.
    private func reconnected(_ shop: Shop) -> Shop {
      let ledger = Ledger(
        pool: PostgresPool(shop.database.configuration, size: 1), limits: .patient,
        clock: { shop.clock.now })
      return Shop(database: shop.database, ledger: ledger, clock: shop.clock)
    }

    @Test("after a deadlock the change is made again, and applies once")
    func deadlock() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1", "o2"])
        let asked = Atomic(0)
        // Before it looks for a ring, once, there is one.
        let name = shop.database.configuration.database
        try await shop.database.run("alter database \(name) set deadlock_timeout = '6s'")
        let shopToo = reconnected(shop)
        let other = try await shop.database.another()
        // The ledger's backend is the one that finds the ring and gives way.
        try await other.script("set deadlock_timeout = '60s'", deadline: patience)
        try await other.script(
          "begin; select from orders where order_id = 'o2' for update", deadline: patience)
        async let change: Void = accept(shopToo, asked)
        #expect(
          try await eventually { try await !waiting(shop, "wait_event_type = 'Lock'").isEmpty })
        try await other.script(
          "select from orders where order_id = 'o1' for update", deadline: patience)
        try await other.script("rollback", deadline: patience)
        try await change
        try await expectOnce(shop)
        await shopToo.ledger.close()
        await other.close()
      }
    }

    @Test("who waited for an order's lock sees its parcel as whoever held it left it")
    func parcelBehindTheLock() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"], as: .accepted)
        try await shop.write {
          $0.newShipments = [
            NewShipment(orderID: "o1", requestID: "r1", accountKind: "contract", groupID: nil)
          ]
        }
        let other = try await shop.database.another()
        try await other.script(
          "begin; select from orders where order_id = 'o1' for update", deadline: patience)
        async let seen = shop.look(at: "o1")
        #expect(
          try await eventually { try await !waiting(shop, "wait_event_type = 'Lock'").isEmpty })
        // As a void that was first writes it; the order's row changes too.
        try await other.script(
          """
          update shipments set status = 'voided' where order_id = 'o1';
          update orders set marketplace_state = 'CANCELED' where order_id = 'o1'; commit
          """, deadline: patience)
        let order = try #require(try await seen)
        #expect(order.marketplaceState == "CANCELED")
        #expect(order.shipment?.status == .voided)
        await other.close()
      }
    }

    @Test("a backend killed while it waits, and one killed while it writes: once all the same")
    func killed() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1", "o2"])
        let asked = Atomic(0)
        let other = try await shop.database.another()
        let locked = "wait_event_type = 'Lock'"
        try await other.script(
          "begin; select from orders where order_id = 'o2' for update", deadline: patience)
        async let change: Void = accept(shop, asked)
        #expect(try await eventually { try await !waiting(shop, locked).isEmpty })
        let first = try #require(try await waiting(shop, locked).first)
        try await kill(shop, first)
        #expect(
          try await eventually { try await waiting(shop, locked).contains { $0 != first } })
        // Decided, and stopped in the middle of writing.
        let third = try await shop.database.another()
        try await third.script(
          "begin; lock table effects in exclusive mode", deadline: patience)
        try await other.script("rollback", deadline: patience)
        #expect(
          try await eventually {
            try await !waiting(shop, "\(locked) and query ~ 'insert into effects'").isEmpty
          })
        let second = try #require(try await waiting(shop, locked).first)
        try await kill(shop, second)
        try await third.script("rollback", deadline: patience)
        try await change
        #expect(asked.load(ordering: .relaxed) == 2)
        try await expectOnce(shop)
        await other.close()
        await third.close()
      }
    }

    @Test("a backend killed after it committed and before it said so: once all the same")
    func lostCommit() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1", "o2"])
        let asked = Atomic(0)
        let name = shop.database.configuration.database
        // From now on a commit waits for a standby that never comes, after it has happened here.
        try await shop.database.run("alter database \(name) set synchronous_commit = 'on'")
        let shopToo = reconnected(shop)
        async let change: Void = accept(shopToo, asked)
        #expect(try await eventually { try await !waiting(shop, "wait_event = 'SyncRep'").isEmpty })
        try await shop.database.run("alter database \(name) set synchronous_commit = 'local'")
        let pid = try #require(try await waiting(shop, "wait_event = 'SyncRep'").first)
        try await kill(shop, pid)
        try await change
        #expect(asked.load(ordering: .relaxed) == 2)
        try await expectOnce(shop)
        await shopToo.ledger.close()
      }
    }

    @Test("changes of overlapping orders from eight tasks never wait for each other in a ring")
    func overlapping() async throws {
      try await Shop.open(size: 8) { shop in
        let ids = (1...6).map { "o\($0)" }
        try await shop.add(ids)
        try await shop.write { $0.plans = ids.map { Shop.effect(of: $0) } }
        let effects = Dictionary(
          uniqueKeysWithValues: try await shop.claim().map { ($0.subject, $0.effectID) })
        try await withThrowingTaskGroup(of: Void.self) { group in
          for task in 0..<8 {
            group.addTask {
              for round in 0..<25 {
                // Two of them, in an order that differs from task to task.
                let a = ids[(task * 5 + round) % 6], b = ids[(task + round * 7 + 1) % 6]
                let both = a == b ? [a] : task % 2 == 0 ? [a, b] : [b, a]
                let scope = ChangeScope(
                  orderIDs: both, effectIDs: both.compactMap { effects[$0] })
                _ = try await shop.ledger.change(scope, lease: Shop.lease()) { locked in
                  var changes = ChangeSet()
                  for id in both {
                    changes.refreshes.append(OrderRefresh(order: Shop.order(id), writesLines: true))
                    changes.debugLogs.append(
                      AcceptanceDebugLog(orderID: id, details: "x", requestPayload: nil))
                    if let effect = effects[id] {
                      changes.effects.append(
                        EffectUpdate(
                          effectID: effect, state: .sending, keepsLease: true, countsCheck: true,
                          outcome: "x"))
                    }
                  }
                  return (changes, ())
                }
              }
            }
          }
          try await group.waitForAll()
        }
        #expect(
          try await shop.database.one(
            """
            select (sum(checks) = (select count(*) from order_acceptance_debug_logs))::text
            from effects
            """) == "true")
        // The counts reach the statistics when the sessions end.
        await shop.ledger.close()
        #expect(
          try await shop.database.one(
            "select deadlocks::text from pg_stat_database where datname = current_database()")
            == "0")
      }
    }

    private func addNew(_ shop: Shop) async -> PostgresError? {
      do {
        _ = try await shop.ledger.change(ChangeScope(orderIDs: ["n1"]), lease: Shop.lease()) {
          locked in
          var changes = ChangeSet()
          if locked.orders["n1"] == nil { changes.add(Shop.order("n1"), as: .pendingAcceptance) }
          return (changes, ())
        }
        return nil
      } catch {
        return error
      }
    }

    @Test("two that write the same new order: one of them does, the other is told of a conflict")
    func sameNewOrder() async throws {
      try await Shop.open { shop in
        let results = await withTaskGroup(of: PostgresError?.self) { group in
          for _ in 0..<6 { group.addTask { await addNew(shop) } }
          return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.contains { $0 == nil })
        #expect(results.compactMap(\.self).allSatisfy { $0.constraint == "orders_pkey" })
        let moves = try await shop.database.one("select count(*)::text from order_status_history")
        #expect(moves == "1")
      }
    }

    @Test("what the database refuses is thrown at once and leaves nothing, the calls neither")
    func refused() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"])
        let tries = Atomic(0)
        await #expect(throws: PostgresError.self) {
          try await shop.write(ChangeScope(orderIDs: ["o1"], calls: [Self.call])) { changes in
            tries.add(1, ordering: .relaxed)
            changes.move("o1", .pendingAcceptance, .accepted)
            changes.newShipments = [
              NewShipment(orderID: "nobody", requestID: "r", accountKind: "contract", groupID: nil)
            ]
          }
        }
        // Filled in to see what it touches, then decided: once.
        #expect(tries.load(ordering: .relaxed) == 2)
        #expect(try await shop.look(at: "o1")?.status == .pendingAcceptance)
        #expect(try await shop.database.one("select count(*)::text from api_calls") == "0")
        #expect(try await shop.ledger.counts().orders == ["pending_acceptance": 1])
      }
    }

    @Test("a lease that comes with a change ends for its holder no later than in the ledger")
    func leaseOfAChange() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"])
        let other = try await shop.database.another()
        try await other.script(
          "begin; select from orders where order_id = 'o1' for update", deadline: patience)
        async let change = shop.write(
          ChangeScope(orderIDs: ["o1"]), lease: Shop.lease("w1", .seconds(60))
        ) { $0.plans = [Shop.effect(of: "o1", isClaimed: true)] }
        #expect(
          try await eventually {
            try await !waiting(shop, "wait_event_type = 'Lock'").isEmpty
          })
        // The ledger counts from here on at the earliest: it reads its clock under the lock.
        let locked = ContinuousClock.now
        try await other.script("rollback", deadline: patience)
        let claimed = try #require(try await change.first)
        #expect(claimed.leaseEnds < locked + .seconds(60))
        await other.close()
      }
    }

    @Test("who waits for the database longer than allowed is told so")
    func patienceEnds() async throws {
      var limits = LedgerLimits()
      limits.queryDeadline = .milliseconds(100)
      limits.changePatience = .milliseconds(500)
      try await Shop.open { shop in
        try await shop.add(["o1"])
        let pool = PostgresPool(shop.database.configuration, size: 1)
        // Its connection is there already.
        try await pool.withConnection(deadline: patience) { _ throws(PostgresError) in }
        let short = Ledger(pool: pool, limits: limits)
        let other = try await shop.database.another()
        try await other.script(
          "begin; select from orders where order_id = 'o1' for update", deadline: patience)
        let error = await #expect(throws: PostgresError.self) {
          _ = try await short.change(ChangeScope(orderIDs: ["o1"]), lease: Shop.lease()) { _ in
            (ChangeSet(), ())
          }
        }
        #expect(error?.code == .timedOut)
        try await other.script("rollback", deadline: patience)
        await short.close()
        await other.close()
      }
    }
  }
}
