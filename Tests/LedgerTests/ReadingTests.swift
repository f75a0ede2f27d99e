import Effects
import Kit
import Ledger
import Orders
import Postgres
import Testing

extension LedgerTests {
  @Suite("Reading the ledger") struct ReadingTests {
    @Test("a cursor never goes back, whoever writes it, and keeps when trouble began")
    func cursor() async throws {
      try await Shop.open { shop in
        let (ledger, noon) = (shop.ledger, Shop.noon)
        func at() async throws -> Timestamp? {
          try await ledger.cursor(.poll, shop: Shop.id).position
        }
        #expect(try await at() == nil)
        try await ledger.finish(.poll, shop: Shop.id, at: nil, problem: "down")
        #expect(try await at() == nil)
        try await ledger.finish(.poll, shop: Shop.id, at: noon, problem: nil)
        #expect(try await at() == noon)
        for earlier in [noon - .hours(1), noon - .microseconds(1)] {
          try await ledger.finish(.poll, shop: Shop.id, at: earlier, problem: nil)
        }
        try await ledger.finish(.poll, shop: Shop.id, at: nil, problem: nil)
        #expect(try await at() == noon)
        try await withThrowingTaskGroup(of: Void.self) { group in
          for second in (0..<20).shuffled() {
            group.addTask {
              try await ledger.finish(
                .poll, shop: Shop.id, at: noon + .seconds(second), problem: nil)
            }
          }
          try await group.waitForAll()
        }
        #expect(try await at() == noon + .seconds(19))
        #expect(try await ledger.cursor(.sweep, shop: Shop.id).position == nil)
        #expect(try await ledger.cursor(.poll, shop: Shop.id).now == noon)

        let trouble =
          "select coalesce(last_problem, '-') || ' ' || (problem_since is null) from pull_cursors"
        let since = "select coalesce(problem_since::text, '-') from pull_cursors"
        #expect(try await shop.database.one(trouble) == "- true")
        try await ledger.finish(.poll, shop: Shop.id, at: nil, problem: "first")
        let began = try await shop.database.one(since)
        try await ledger.finish(.poll, shop: Shop.id, at: nil, problem: "second")
        #expect(try await shop.database.one(trouble) == "second false")
        #expect(try await shop.database.one(since) == began)
        #expect(try await ledger.cursor(.poll, shop: Shop.id).finishedAt != nil)
      }
    }

    @Test("open orders that were not seen for a while are found, the longest unseen first")
    func stale() async throws {
      try await Shop.open { shop in
        try await shop.add(["old"])
        try await shop.add(["parked"], as: .parked)
        try await shop.add(["gone"], as: .shipped)
        try await shop.add(["off"], as: .cancelled)
        shop.clock.advance(.minutes(30))
        try await shop.add(["newer"], as: .accepted)
        func stale(_ age: Duration, limit: Int = 9) async throws -> [String] {
          try await shop.ledger.staleOrders(shop: Shop.id, unseenFor: age, limit: limit)
        }
        #expect(Set(try await stale(.minutes(20))) == ["old", "parked"])
        #expect(try await stale(.minutes(31)) == [])
        shop.clock.advance(.minutes(30))
        #expect(try await stale(.minutes(20)).last == "newer")
        #expect(try await stale(.minutes(20), limit: 1).count == 1)
        try await shop.ledger.touch(["old", "parked", "nobody"])
        #expect(try await stale(.minutes(20)) == ["newer"])
        #expect(try await shop.ledger.staleOrders(shop: "else", unseenFor: .zero, limit: 9) == [])
      }
    }

    @Test("open orders for which nothing is planned or asked are found")
    func forgotten() async throws {
      try await Shop.open { shop in
        func forgotten() async throws -> [String] {
          try await shop.ledger.forgottenOrders(limit: 99).sorted()
        }
        try await shop.add(["new", "planned", "asked", "done"])
        try await shop.add(["paid"], as: .accepted)
        try await shop.add(["unpaid"], as: .accepted, hasAddress: false)
        try await shop.add(["parked"], as: .parked)
        try await shop.add(["gone"], as: .shipped)
        try await shop.add(["off", "voided", "live"], as: .cancelled)
        try await shop.write { changes in
          changes.plans = ["planned", "asked", "done"].map { Shop.effect(of: $0) }
          changes.newShipments = ["off", "voided", "live"].map {
            NewShipment(orderID: $0, requestID: "r-\($0)", accountKind: "contract", groupID: nil)
          }
        }
        try await shop.write { changes in
          changes.shipments = [
            ShipmentUpdate(orderID: "voided", status: .voided),
            ShipmentUpdate(orderID: "live", status: .labelCreated, trackingPIN: "1"),
          ]
        }
        try await shop.database.run(
          """
          update effects set state = 'needs_person' where subject = 'asked';
          update effects set state = 'confirmed' where subject = 'done'
          """)
        #expect(try await forgotten() == ["done", "new", "paid"])
        try await shop.write {
          $0.plans = [Shop.effect(.voidLabel, of: "live"), Shop.effect(of: "new")]
        }
        #expect(try await forgotten() == ["done", "paid"])
        #expect(try await shop.ledger.forgottenOrders(limit: 1).count == 1)
      }
    }

    @Test("SKUs that nobody has mapped, until somebody does")
    func unmapped() async throws {
      try await Shop.open { shop in
        try await shop.ledger.openShop("second", name: "Second")
        try await shop.add(["o1"], skus: ["A", "B"])
        try await shop.add(["o2"], skus: ["A"])
        try await shop.add(["o3"], as: .shipped, skus: ["C"])
        try await shop.add(["o4"], as: .cancelled, skus: ["C"])
        let view = "select shop_id || ' ' || sku || ' ' || lines from unmapped_skus order by 1"
        func asked(_ skus: [String]) async throws -> (Set<String>, Bool) {
          let scope = ChangeScope(orderIDs: [], skus: (Shop.id, skus))
          return try await shop.ledger.change(scope, lease: Shop.lease()) {
            (ChangeSet(), ($0.unmappedSKUs, $0.hasCatalogue))
          }.extra
        }
        #expect(try await shop.database.rows(view) == ["main A 2", "main B 1"])
        #expect(try await asked(["A", "C"]) == (["A", "C"], false))
        try await shop.ledger.map(
          shopSKU: "A", to: "LAPTOP-1", title: "Laptop", weightGrams: 1_500, sizeMM: [300, 200, 50])
        #expect(try await shop.database.rows(view) == ["main B 1"])
        #expect(try await asked(["A", "C"]) == (["C"], true))
        #expect(try await shop.ledger.counts().unmappedSKUs == 1)
        #expect(try await shop.ledger.lines(of: "o1").map(\.isMapped) == [true, false])
        // Another shop's own mapping is not ours.
        try await shop.database.run(
          "insert into shop_sku_map (shop_sku, shop_id, variant_id) select 'B', 'second', id from product_variants"
        )
        #expect(try await shop.database.rows(view) == ["main B 1"])
        // Mapping again keeps the first.
        try await shop.ledger.map(shopSKU: "A", to: "LAPTOP-2")
        #expect(
          try await shop.database.rows(
            """
            select internal_sku from shop_sku_map m join product_variants v on v.id = m.variant_id
            where shop_sku = 'A'
            """) == ["LAPTOP-1"])
      }
    }

    @Test("weight and size of an order come from the catalogue when it knows all of it")
    func facts() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"], as: .accepted, skus: ["A", "B"])
        try await shop.ledger.map(shopSKU: "A", to: "V-A", weightGrams: 100, sizeMM: [300, 20, 50])
        #expect(try await shop.ledger.facts(of: ["o1"]).first?.weightGrams == nil)
        try await shop.ledger.map(
          shopSKU: "B", to: "V-B", weightGrams: 1_000, sizeMM: [30, 200, 5])
        let facts = try #require(try await shop.ledger.facts(of: ["o1", "nobody"]).first)
        #expect(facts.weightGrams == 2_200)
        #expect(facts.dimensionsMM == [300, 200, 50])
        #expect(facts.lineIDs == ["o1-1", "o1-2"] && facts.parcel == nil && !facts.isComplete)

        // A shop's own mapping stands for the general one, not beside it.
        try await shop.ledger.map(shopSKU: "own", to: "V-OWN", weightGrams: 400)
        try await shop.database.run(
          """
          insert into shop_sku_map (shop_sku, shop_id, variant_id)
          select 'A', 'main', id from product_variants where internal_sku = 'V-OWN'
          """)
        #expect(try await shop.ledger.facts(of: ["o1"]).first?.weightGrams == 2_800)
      }
    }

    @Test("an order counts as just accepted when a call of ours was answered so within the hour")
    func justAccepted() async throws {
      try await Shop.open(clock: Shop.Clock(nil)) { shop in
        func accepted(_ id: String) async throws -> Bool? {
          try await shop.ledger.facts(of: [id]).first?.wasJustAccepted
        }
        try await shop.add(["o1", "seen"], as: .accepted)
        func attempt(_ status: AcceptanceAttempt.Status) async throws {
          try await shop.write {
            $0.attempts = [
              AcceptanceAttempt(
                orderID: "o1", number: 1, status: status, response: nil, callID: nil)
            ]
          }
        }
        try await attempt(.failure)
        #expect(try await accepted("o1") == false)
        try await attempt(.success)
        #expect(try await accepted("o1") == true)
        #expect(try await accepted("seen") == false)
        try await shop.database.run(
          "update order_acceptance_attempts set created_at = created_at - interval '61 minutes'")
        #expect(try await accepted("o1") == false)
      }
    }

    @Test("a parcel: one an order, a known PIN is not written twice, a voided one begins anew")
    func parcels() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1", "o2"], as: .accepted)
        func new(_ orderID: String, _ request: String) -> NewShipment {
          NewShipment(orderID: orderID, requestID: request, accountKind: "contract", groupID: "g")
        }
        let news = [new("o1", "r1"), new("o2", "r2")]
        let again = [new("o1", "r3")]
        try await shop.write { $0.newShipments = news }
        try await shop.write { $0.newShipments = again }
        #expect(try await shop.look(at: "o1")?.shipment?.requestID == "r1")
        try await shop.write {
          $0.shipments = [ShipmentUpdate(orderID: "o1", status: .labelBought, trackingPIN: "111")]
        }
        try await shop.write {
          $0.shipments = [ShipmentUpdate(orderID: "o2", status: .labelBought, trackingPIN: "111")]
        }
        let other = try await shop.look(at: "o2")?.shipment
        #expect(other?.status == .labelBought && other?.trackingPIN == nil)
        // What is not told keeps what is there.
        try await shop.write {
          $0.shipments = [ShipmentUpdate(orderID: "o1", isTrackingPosted: true)]
        }
        let parcel = try await shop.look(at: "o1")?.shipment
        #expect(parcel?.status == .labelBought && parcel?.trackingPIN == "111")
        #expect(parcel?.isTrackingPosted == true)
        // Several updates of one parcel in one change, from several findings: all of them count.
        try await shop.write {
          $0.shipments = [
            ShipmentUpdate(orderID: "o1", labelURL: "https://label", selfURL: "https://self"),
            ShipmentUpdate(orderID: "o1", status: .labelCreated, labelPath: "/l/1.pdf"),
            ShipmentUpdate(orderID: "o1", labelURL: "https://label/2"),
          ]
        }
        #expect(
          try await shop.database.one(
            """
            select concat_ws(' ', status, tracking_pin, label_pdf_path, cp_api_label_url,
              cp_self_url) from shipments where order_id = 'o1'
            """) == "label_created 111 /l/1.pdf https://label/2 https://self")
        let anew = NewShipment(
          orderID: "o1", requestID: "r4", accountKind: "contract", groupID: "later")
        #expect(try await shop.ledger.renew(anew) == nil)
        try await shop.write { $0.shipments = [ShipmentUpdate(orderID: "o1", status: .voided)] }
        #expect(try await shop.ledger.renew(anew) == 2)
        let renewed = try await shop.look(at: "o1")?.shipment
        #expect(renewed?.status == .labelCreationInitiated && renewed?.requestID == "r4")
        #expect(renewed?.trackingPIN == nil && renewed?.isTrackingPosted == false)
        #expect(try await shop.ledger.facts(of: ["o1"]).first?.parcel?.groupID == "later")
      }
    }

    @Test("everything that happened to an order is told in its order")
    func timeline() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1", "o2"])
        shop.clock.advance(.seconds(1))
        let now = try #require(shop.clock.now)
        let calls = [
          CallRecord.sample(at: now - .milliseconds(2), related: "o1", isSuccess: false),
          CallRecord.sample(at: now - .milliseconds(1), subjects: ["o1", "o2"]),
        ]
        try await shop.write(ChangeScope(orderIDs: ["o1"], calls: calls)) { changes in
          changes.move("o1", .pendingAcceptance, .acceptanceFailed)
          changes.plans = [Shop.effect(of: "o1")]
          changes.failures = [
            ProcessFailure(processName: "Acceptance", orderID: "o1", effectID: nil, details: "why")
          ]
          changes.attempts = [
            AcceptanceAttempt(
              orderID: "o1", number: 1, status: .failure, response: nil, callID: calls[0].id)
          ]
          changes.debugLogs = [AcceptanceDebugLog(orderID: "o1", details: "x", requestPayload: nil)]
        }
        let story = try await shop.ledger.timeline(of: "o1").entries
        #expect(
          story.map(\.kind) == [
            .status, .call, .call, .attempt, .debug, .effect, .failure, .status,
          ])
        #expect(story.map(\.at) == story.map(\.at).sorted())
        #expect(story[1].isTrouble && !story[2].isTrouble)
        let other = try await shop.ledger.timeline(of: "o2")
        #expect(other.entries.map(\.kind) == [.status, .call] && !other.isCut)
        let counts = try await shop.ledger.counts()
        #expect(counts.orders == ["acceptance_failed": 1, "pending_acceptance": 1])
        #expect(counts.effects == ["planned": 1] && counts.openFailures == 1)
        try await shop.ledger.resolveFailures(of: "o1", by: "me")
        #expect(try await shop.ledger.counts().openFailures == 0)
      }
    }

    @Test("of a long story the newest are read, the oldest of them first, and that is said")
    func longTimeline() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"])
        func write(_ count: Int) async throws {
          try await shop.database.run(
            """
            insert into messages (conversation_id, sender_type, body, created_at)
            select c.id, 'customer', repeat('x', n + before), now() + (n + before) * interval '1 hour'
            from conversations c, generate_series(1, \(count)) n,
              (select count(*)::int as before from messages) m
            """)
        }
        try await shop.database.run(
          """
          insert into conversations (mirakl_thread_id, shop_id, order_id)
          values ('t1', '\(Shop.id)', 'o1')
          """)
        let before = try await shop.ledger.timeline(of: "o1").entries.count
        try await write(Timeline.entriesMax - before)
        let whole = try await shop.ledger.timeline(of: "o1")
        #expect(whole.entries.count == Timeline.entriesMax && !whole.isCut)
        #expect(whole.entries.first?.kind == .status)
        try await write(100)
        let cut = try await shop.ledger.timeline(of: "o1")
        #expect(cut.entries.count == Timeline.entriesMax && cut.isCut)
        let newest = Timeline.entriesMax - before + 100
        #expect(
          cut.entries.map(\.detail)
            == (newest - Timeline.entriesMax + 1...newest).map { "\($0) characters" })
      }
    }

    @Test("lists: by status, by search, page after page")
    func lists() async throws {
      try await Shop.open { shop in
        for number in 1...5 {
          try await shop.add(["o\(number)"], skus: ["S-\(number)"])
          shop.clock.advance(.seconds(1))
        }
        try await shop.write { $0.move("o2", .pendingAcceptance, .acceptanceFailed) }
        func list(_ filter: OrderFilter) async throws -> [String] {
          try await shop.ledger.orders(filter).map(\.orderID)
        }
        #expect(try await list(OrderFilter()) == ["o5", "o4", "o3", "o2", "o1"])
        #expect(try await list(OrderFilter(status: .acceptanceFailed)) == ["o2"])
        #expect(try await list(OrderFilter(needsPerson: true)) == ["o2"])
        #expect(try await list(OrderFilter(search: "S-4")) == ["o4"])
        #expect(try await list(OrderFilter(shopID: "else")) == [])
        let page = try await shop.ledger.orders(OrderFilter(limit: 2))
        let last = try #require(page.last)
        #expect(
          try await list(OrderFilter(before: (last.createdAt, last.orderID), limit: 2)) == [
            "o3", "o2",
          ])
        try await shop.write { $0.plans = [Shop.effect(of: "o3", deadline: .hours(-1))] }
        let effects = try await shop.ledger.effects(EffectFilter(orderID: "o3"))
        #expect(effects.map(\.isOverdue) == [true])
        #expect(try await shop.ledger.orderID(ofEffect: effects[0].effectID) == "o3")
      }
    }
  }
}
