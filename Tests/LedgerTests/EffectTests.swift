import Effects
import Kit
import Ledger
import Orders
import Postgres
import Testing

extension LedgerTests {
  @Suite("Effects in the ledger") struct EffectTests {
    @Test("200 effects, 4 claimers: each effect goes to one of them, once")
    func once() async throws {
      try await Shop.open(size: 8) { shop in
        let ids = (1...200).map { "o\($0)" }
        try await shop.add(ids)
        try await shop.write { $0.plans = ids.map { Shop.effect(of: $0) } }
        let claimed = try await withThrowingTaskGroup(of: [ClaimedEffect].self) { group in
          for worker in 1...4 {
            group.addTask {
              var mine: [ClaimedEffect] = []
              let lease = Shop.lease("w\(worker)")
              // A claimer that only meets rows that others lock right now comes back empty.
              var empty = 0
              while empty < 20 {
                let some = try await shop.claim(7, lease: lease)
                empty = some.isEmpty ? empty + 1 : 0
                #expect(some.count <= 7)
                #expect(some.allSatisfy { $0.lease == lease.id })
                mine += some
              }
              return mine
            }
          }
          return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.count == 200)
        #expect(Set(claimed.map(\.effectID)).count == 200)
        #expect(claimed.allSatisfy { $0.state == .sending && $0.tries == 1 })
        #expect(
          try await shop.database.rows("select distinct state || tries from effects") == [
            "sending1"
          ])
      }
    }

    @Test("the most urgent first, of the lane and the kinds asked for, and only what is due")
    func order() async throws {
      try await Shop.open { shop in
        let ids = (0..<12).map { "o\($0)" }
        try await shop.add(ids + ["late", "other"])
        try await shop.write { changes in
          changes.plans = ids.enumerated().map { index, id in
            Shop.effect(of: id, deadline: .minutes(10 + index * 5 % 12))
          }
          changes.plans.append(Shop.effect(of: "late", after: .seconds(30), deadline: .zero))
          changes.plans.append(Shop.effect(.buyLabel, of: "other", deadline: .zero))
          changes.plans.append(Shop.effect(.postTracking, of: "other", deadline: .zero))
        }
        var seen: [Timestamp] = []
        for _ in 0..<4 {
          let some = try await shop.claim(3, of: [.acceptOrder])
          #expect(some.count == 3 && some.allSatisfy { $0.kind == "accept_order" })
          seen += some.map(\.deadline)
        }
        #expect(seen == seen.sorted())
        #expect(try await shop.claim(of: [.acceptOrder]).isEmpty)
        #expect(try await shop.claim(lane: "carrier:main").map(\.kind) == ["buy_label"])
        #expect(try await shop.claim(lane: "carrier:else").isEmpty)
        #expect(try await shop.claim().map(\.kind) == ["post_tracking"])
        #expect(
          try await shop.ledger.untilNextDue(lanes: ["marketplace:main", "carrier:main"])
            == .seconds(30))
        #expect(try await shop.ledger.untilNextDue(lanes: ["carrier:else"]) == nil)
        shop.clock.advance(.seconds(30))
        #expect(try await shop.claim().map(\.subject) == ["late"])
      }
    }

    @Test("what has a late deadline is overtaken for seconds, not for good")
    func aging() async throws {
      try await Shop.open { shop in
        try await shop.add(["late", "soon", "sooner"])
        try await shop.write { $0.plans = [Shop.effect(of: "late", deadline: .hours(12))] }
        shop.clock.advance(.seconds(1))
        try await shop.write { $0.plans = [Shop.effect(of: "soon", deadline: .hours(6))] }
        #expect(try await shop.claim(1).map(\.subject) == ["soon"])
        shop.clock.advance(.seconds(5))
        try await shop.write { $0.plans = [Shop.effect(of: "sooner", deadline: .hours(6))] }
        #expect(try await shop.claim(1).map(\.subject) == ["late"])
        #expect(try await shop.claim(1).map(\.subject) == ["sooner"])
      }
    }

    @Test("what is leased is left alone; a call whose worker was lost becomes unknown")
    func leases() async throws {
      try await Shop.open { shop in
        let ids = ["o1", "o2", "o3"]
        try await shop.add(ids)
        try await shop.write { $0.plans = ids.map { Shop.effect(of: $0) } }
        let first = try await shop.claim(lease: Shop.lease("w1", .seconds(60)))
        #expect(first.count == 3)
        #expect(try await shop.claim(lease: Shop.lease("w2")).isEmpty)
        let two = try #require(first.first { $0.subject == "o2" })
        let three = try #require(first.first { $0.subject == "o3" })
        try await shop.write { changes in
          changes.effects = [
            EffectUpdate(
              effectID: two.effectID, state: .verifying, after: .seconds(5), countsSend: true,
              outcome: "answered"),
            EffectUpdate(
              effectID: three.effectID, state: .unknown, keepsLease: true, countsSend: true,
              outcome: "lost"),
          ]
        }
        #expect(
          try await shop.effects() == [
            "o1 sending 1 0 0 w1", "o2 verifying 1 0 1 -", "o3 unknown 1 0 1 w1",
          ])
        shop.clock.advance(.seconds(59))
        #expect(try await shop.claim(lease: Shop.lease("w2")).map(\.subject) == ["o2"])
        shop.clock.advance(.seconds(1))
        let late = try await shop.claim(lease: Shop.lease("w2"))
        #expect(Set(late.map { "\($0.subject) \($0.state)" }) == ["o1 unknown", "o3 unknown"])
        // Its call may have gone out: that counts.
        #expect(late.allSatisfy { $0.tries == 2 && $0.sends == 1 })
        shop.clock.advance(.seconds(61))
        let again = try await shop.claim(lease: Shop.lease("w3"))
        #expect(
          Set(again.map { "\($0.subject) \($0.state)" }) == [
            "o1 unknown", "o2 verifying", "o3 unknown",
          ])
      }
    }

    @Test(
      "what the database makes of a claim is what the machine says", arguments: EffectState.allCases
    )
    func machine(state: EffectState) async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"])
        try await shop.write { $0.plans = [Shop.effect(of: "o1")] }
        try await shop.database.run("update effects set state = '\(state.rawValue)'")
        #expect(
          try await shop.claim().map(\.state) == EffectMachine.claimed(state).map { [$0] } ?? [])
        #expect(
          try await shop.ledger.openEffects(of: [.acceptOrder], shops: [Shop.id], waiting: false)
            == (state.isActive ? 1 : 0))
      }
    }

    @Test(
      "reads of the proof are counted from the last send on",
      arguments: [(EffectState.planned, 0), (.verifying, 3), (.unknown, 3)])
    func reads(state: EffectState, counted: Int) async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"])
        try await shop.write { $0.plans = [Shop.effect(.markShipped, of: "o1")] }
        try await shop.database.run("update effects set state = '\(state.rawValue)', checks = 3")
        #expect(try await shop.claim().map(\.checks) == [counted])
      }
    }

    @Test("what is claimed again by its own outcome counts a try, and its reads from there")
    func claimedAgain() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"])
        try await shop.write { $0.plans = [Shop.effect(of: "o1")] }
        let effect = try #require(try await shop.claim(lease: Shop.lease("w1")).first)
        try await shop.write { changes in
          changes.effects = [
            EffectUpdate(
              effectID: effect.effectID, state: .unknown, keepsLease: true, countsCheck: true,
              countsSend: true, outcome: "lost")
          ]
        }
        #expect(try await shop.effects() == ["o1 unknown 1 1 1 w1"])
        try await shop.write { changes in
          var update = EffectUpdate(
            effectID: effect.effectID, state: .sending, keepsLease: true, countsCheck: true,
            outcome: "not there")
          update.claimsAgain = true
          changes.effects = [update]
        }
        #expect(try await shop.effects() == ["o1 sending 2 0 1 w1"])
        shop.clock.advance(.seconds(61))
        #expect(try await shop.claim(lease: Shop.lease("w2")).map(\.state) == [.unknown])
      }
    }

    @Test("who has lost the lease commits nothing")
    func lost() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"])
        try await shop.write { $0.plans = [Shop.effect(of: "o1")] }
        let slow = try #require(try await shop.claim(lease: Shop.lease("slow")).first)
        shop.clock.advance(.seconds(61))
        let quick = try #require(try await shop.claim(lease: Shop.lease("quick")).first)
        func report(_ effect: ClaimedEffect, _ step: Step) async throws -> Bool {
          let scope = ChangeScope(orderIDs: ["o1"], effectIDs: [effect.effectID])
          return try await shop.ledger.change(scope, lease: Shop.lease()) { locked in
            var changes = ChangeSet()
            guard locked.isOurs(effect), let next = EffectMachine.next(from: effect.state, step)
            else { return (changes, false) }
            changes.effects = [
              EffectUpdate(effectID: effect.effectID, state: next.state, outcome: step.words)
            ]
            changes.move("o1", .pendingAcceptance, .accepted)
            return (changes, true)
          }.extra
        }
        #expect(try await !report(slow, .done("slow")))
        #expect(try await shop.look(at: "o1")?.status == .pendingAcceptance)
        #expect(try await report(quick, .done("quick")))
        #expect(try await !report(quick, .done("again")))
        #expect(try await !report(slow, .done("slow")))
        #expect(
          try await shop.database.rows("select state || ' ' || outcome from effects") == [
            "confirmed quick"
          ])
      }
    }

    private func isOurs(_ effect: ClaimedEffect, _ shop: Shop) async throws -> Bool {
      try await shop.ledger.change(
        ChangeScope(orderIDs: [], effectIDs: [effect.effectID]), lease: Shop.lease()
      ) { (ChangeSet(), $0.isOurs(effect)) }.extra
    }

    @Test("the right lease in another state is not ours either")
    func otherState() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"])
        let claimed = try await shop.write {
          $0.plans = [Shop.effect(of: "o1", isClaimed: true)]
        }
        let effect = try #require(claimed.first)
        #expect(try await isOurs(effect, shop))
        let update = EffectUpdate(
          effectID: effect.effectID, state: .verifying, keepsLease: true, outcome: "answered")
        try await shop.write { $0.effects = [update] }
        #expect(try await !isOurs(effect, shop))
      }
    }

    @Test("planning twice is nothing; another ordinal is another effect; a claimed plan is ours")
    func planning() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"])
        let lease = Shop.lease("w1")
        let mine = try await shop.write(lease: lease) {
          $0.plans = [Shop.effect(of: "o1", isClaimed: true), Shop.effect(.buyLabel, of: "o1")]
        }
        #expect(mine.map(\.kind) == ["accept_order"])
        #expect(mine.first?.lease == lease.id && mine.first?.state == .sending)
        #expect(mine.first?.tries == 1 && mine.first?.lane == "marketplace:main")
        let before = try await shop.effects()
        let again = try await shop.write(lease: Shop.lease("w2")) {
          $0.plans = [
            Shop.effect(of: "o1", isClaimed: true),
            Shop.effect(.buyLabel, of: "o1", isClaimed: true),
          ]
        }
        #expect(again.isEmpty)
        #expect(try await shop.effects() == before)
        #expect(before == ["o1 sending 1 0 0 w1", "o1 planned 0 0 0 -"])
        try await shop.write { $0.plans = [Shop.effect(.buyLabel, of: "o1", ordinal: 2)] }
        #expect(try await shop.effects().count == 3)
      }
    }

    @Test(
      "taking over from a dead worker: what it had begun is looked up, the rest is planned anew")
    func reclaim() async throws {
      try await Shop.open { shop in
        let ids = ["begun", "fresh", "proof", "lost", "others"]
        try await shop.add(ids)
        try await shop.write { $0.plans = ids.map { Shop.effect(of: $0) } }
        let all = try await shop.claim(lease: Shop.lease("dead", .hours(1)))
        let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.subject, $0.effectID) })
        try await shop.database.run(
          """
          update effects set state = 'verifying' where subject = 'proof';
          update effects set state = 'unknown' where subject = 'lost';
          with one as (select effect_id from effects where subject = 'others'), taken as (
            insert into leases select gen_random_uuid(), 'alive', now() + interval '9 days', array_agg(effect_id) from one
            returning lease)
          update effects set worker = 'alive', lease = taken.lease from taken where subject = 'others'
          """)
        let begun = try #require(byID["begun"])
        #expect(try await shop.ledger.reclaim(from: "dead", begun: [begun, 999_999]) == 4)
        #expect(
          Set(try await shop.effects()) == [
            "begun unknown 1 0 1 -", "fresh planned 1 0 0 -", "proof verifying 1 0 0 -",
            "lost unknown 1 0 0 -", "others sending 1 0 0 alive",
          ])
        #expect(try await shop.ledger.reclaim(from: "dead", begun: []) == 0)
        let taken = try await shop.claim(lease: Shop.lease("w2"))
        #expect(
          Set(taken.map { "\($0.subject) \($0.state)" }) == [
            "begun unknown", "fresh sending", "proof verifying", "lost unknown",
          ])
      }
    }

    @Test("a dead worker's effects are taken over a part at a time, all of them")
    func reclaimInParts() async throws {
      try await Shop.open { shop in
        let ids = (0..<50).map { "o\($0)" }
        try await shop.add(ids)
        try await shop.write { $0.plans = ids.map { Shop.effect(of: $0) } }
        var begun: [Int64] = []
        for _ in ids {
          let one = try await shop.claim(1, lease: Shop.lease("dead", .hours(1)))
          begun += one.map(\.effectID)
        }
        var parts: [Int] = []
        let begunHalf = Array(begun.prefix(25))
        let total = try await shop.ledger.reclaim(from: "dead", begun: begunHalf) {
          parts.append($0)
        }
        #expect(total == 50 && parts == [20, 20, 10])
        let states = try await shop.claim(lease: Shop.lease("w2")).map(\.state)
        #expect(states.count { $0 == .unknown } == 25 && states.count { $0 == .sending } == 25)
      }
    }

    @Test("an order that is off takes with it what is planned and dies with it, and nothing else")
    func off() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1", "o2"])
        try await shop.write { changes in
          changes.plans = Deed.allCases.map { Shop.effect($0, of: "o1") } + [Shop.effect(of: "o2")]
        }
        try await shop.write { $0.ordersOff = ["o1"] }
        let kinds =
          "select kind from effects where state = 'cancelled' and subject = 'o1' order by kind"
        #expect(
          try await shop.database.rows(kinds)
            == Deed.allCases.filter(\.diesWithTheOrder).map(\.rawValue).sorted())
        #expect(
          try await shop.database.one(
            "select count(*)::text from effects where subject = 'o2' and state = 'planned'") == "1")
      }
    }

    @Test("a purchase that may have been made is looked for, whatever became of its order")
    func perhapsBought() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1", "o2", "o3"])
        try await shop.write { changes in
          changes.plans = ["o1", "o2", "o3"].map { Shop.effect(.buyLabel, of: $0) }
        }
        // The second one's call went out; so did the third one's, whose order is held.
        try await shop.database.run("update effects set sends = 1 where subject <> 'o1'")
        try await shop.database.run(
          "update effects set due_at = due_at + interval '10 years' where subject = 'o3'")
        try await shop.write { $0.ordersOff = ["o1", "o2", "o3"] }
        #expect(
          try await shop.database.rows("select state from effects order by subject")
            == ["cancelled", "planned", "cancelled"])
      }
    }
  }
}
