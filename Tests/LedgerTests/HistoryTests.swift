import Kit
import Ledger
import Orders
import Postgres
import Testing

extension LedgerTests {
  @Suite("History of orders") struct HistoryTests {
    private static func insert(_ status: OrderStatus) -> String {
      """
      insert into orders (order_id, shop_id, status, status_since, parked_reason,
        marketplace_seen_at, raw_order_data, raw_order_digest, created_at, updated_at)
      values ('o1', 'main', '\(status.rawValue)', now() - interval '1 hour',
        \(status == .parked ? "'why'" : "null"), now(), '{}', '', now(), now())
      """
    }

    private static func move(_ from: OrderStatus, _ to: OrderStatus) -> String {
      """
      insert into order_status_history (order_id, previous_status, status, cause, created_at)
      values ('o1', '\(from.rawValue)', '\(to.rawValue)', 'test', now())
      """
    }

    @Test(
      "the database takes the legal moves and refuses all others", arguments: OrderStatus.allCases)
    func moves(from: OrderStatus) async throws {
      try await Shop.open { shop in
        for to in OrderStatus.allCases {
          let refusal = try await shop.database.refusal(
            "begin; \(Self.insert(from)); \(Self.move(from, to)); commit")
          _ = try await shop.database.refusal("rollback")
          #expect(refusal == (from.canMove(to: to) ? nil : "23514"), "\(from) to \(to)")
          // The order follows its history, in the same transaction; a refusal leaves nothing.
          #expect(
            try await shop.database.rows(
              "select status || ' ' || coalesce(parked_reason, '-') from orders")
              == (from.canMove(to: to) ? ["\(to.rawValue) \(to == .parked ? "test" : "-")"] : []))
          try await shop.database.run(
            """
            alter table order_status_history disable trigger all;
            delete from order_status_history; delete from orders;
            alter table order_status_history enable trigger all
            """)
        }
      }
    }

    @Test("a move from where the order is not is refused, whatever it says it was")
    func lies() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"])
        try await shop.write { $0.move("o1", .pendingAcceptance, .accepted) }
        for (from, to) in [
          (OrderStatus.received, OrderStatus.pendingAcceptance), (.pendingAcceptance, .accepted),
          (.parked, .pendingAcceptance), (.labelCreated, .shipped), (.acceptanceFailed, .accepted),
        ] {
          await #expect(throws: PostgresError.self) {
            try await shop.write { $0.move("o1", from, to) }
          }
        }
        #expect(try await shop.look(at: "o1")?.status == .accepted)
        #expect(
          try await shop.database.one("select count(*)::text from order_status_history") == "2")
      }
    }

    @Test("moves of many orders, and several of one, go in one batch; one bad one stops it whole")
    func batches() async throws {
      try await Shop.open { shop in
        let ids = (1...50).map { "o\($0)" }
        try await shop.add(ids)
        try await shop.write { changes in
          for id in ids {
            changes.move(id, .pendingAcceptance, .accepted)
            changes.move(id, .accepted, .labelCreated)
          }
        }
        #expect(
          try await shop.database.rows("select distinct status from orders") == ["label_created"])
        await #expect(throws: PostgresError.self) {
          try await shop.write { changes in
            for id in ids { changes.move(id, .labelCreated, .shipped) }
            changes.move("o7", .labelCreated, .accepted)
          }
        }
        #expect(
          try await shop.database.rows("select distinct status from orders") == ["label_created"])
        #expect(
          try await shop.database.rows(
            """
            select previous_status || ' ' || status from order_status_history
            where order_id = 'o9' order by history_id
            """) == [
              "received pending_acceptance", "pending_acceptance accepted",
              "accepted label_created",
            ])
        #expect(
          try await shop.database.one(
            """
            select count(*)::text from orders o where status <> (
              select status from order_status_history h where h.order_id = o.order_id
              order by history_id desc limit 1) or status_since <> (
              select created_at from order_status_history h where h.order_id = o.order_id
              order by history_id desc limit 1)
            """) == "0")
      }
    }

    @Test("a parked order says why, and heals with its reason gone")
    func parked() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"], as: .parked)
        #expect(try await shop.look(at: "o1")?.parkedReason == "why")
        try await shop.write { $0.parkedReasons.append(("o1", "another")) }
        #expect(try await shop.look(at: "o1")?.parkedReason == "another")
        #expect(try await shop.ledger.parkedOrders(shop: Shop.id, limit: 9) == ["o1"])
        try await shop.write { $0.move("o1", .parked, .pendingAcceptance) }
        let order = try await shop.look(at: "o1")
        #expect(order?.status == .pendingAcceptance && order?.parkedReason == nil)
        #expect(try await shop.ledger.parkedOrders(shop: Shop.id, limit: 9) == [])
      }
    }

    // MARK: Append-only

    @Test(
      "what was written stays: no change, no removal, on the table and on each partition",
      arguments: ["order_status_history", "api_calls", "api_call_subjects"])
    func appendOnly(table: String) async throws {
      try await Shop.open { shop in
        try await shop.add(["o1", "o2"])
        try await shop.write(ChangeScope(orderIDs: [], calls: [.sample(subjects: ["o1"])])) { _ in }
        try await shop.database.run(
          "insert into api_call_subjects values ('x', gen_random_uuid(), '1999-01-01')")
        let partitions = try await shop.database.rows(
          "select inhrelid::regclass::text from pg_inherits where inhparent = '\(table)'::regclass")
        #expect(partitions.count >= 5)
        let filled = try await shop.database.rows(
          "select distinct tableoid::regclass::text from \(table)")
        #expect(!filled.isEmpty && Set(filled).isSubset(of: partitions))
        for one in [table] + filled {
          #expect(
            try await shop.database.refusal("update \(one) set created_at = created_at") == "23001")
          #expect(try await shop.database.refusal("delete from \(one)") == "23001")
        }
        #expect(try await shop.database.refusal("truncate \(table)") == "23001")
        for one in partitions {
          let refusal = try await shop.database.refusal("truncate \(one)")
          #expect(refusal == "23001", "\(one)")
        }
        #expect(try await shop.database.refusal("truncate orders cascade") == "23001")
      }
    }

    // MARK: Partitions

    @Test("making the partitions again makes nothing, also by several at once")
    func partitions() async throws {
      try await Shop.open(size: 8) { shop in
        let count = "select count(*)::text from pg_inherits where inhparent = 'api_calls'::regclass"
        let before = try await shop.database.one(count)
        try await shop.ledger.ensurePartitions()
        #expect(try await shop.database.one(count) == before)
        let next = try await shop.database.rows(
          "select inhrelid::regclass::text from pg_inherits where inhrelid::regclass::text ~ '_[0-9]{2}$'"
        )
        try await shop.database.run("drop table " + next.joined(separator: ", "))
        #expect(try await shop.database.one(count) == "1")
        await withTaskGroup(of: Void.self) { group in
          for _ in 0..<6 { group.addTask { try? await shop.ledger.ensurePartitions() } }
        }
        // One of them has made all; the month before is not asked for again.
        #expect(try await shop.database.one(count) == "\((Int(before) ?? 0) - 1)")
      }
    }

    @Test("a row of any month finds a home, and later partitions leave it there")
    func anyMonth() async throws {
      try await Shop.open { shop in
        let moments = ["1999-12-31T23:59:59Z", "2020-02-29T12:00:00Z", "2093-07-01T00:00:00Z"]
          .compactMap { Timestamp(iso8601: $0) }
        #expect(moments.count == 3)
        let calls = (moments + [Timestamp.now()]).map {
          CallRecord.sample(at: $0, subjects: ["o1"])
        }
        try await shop.write(ChangeScope(orderIDs: [], calls: calls)) { _ in }
        let homes = "select tableoid::regclass::text from api_calls order by created_at"
        let before = try await shop.database.rows(homes)
        #expect(before.filter { $0 == "api_calls_default" }.count == 3)
        try await shop.database.run(
          "select ensure_partitions('2020-01-01', '2020-03-01'), ensure_partitions('2093-05-01', '2093-05-01')"
        )
        #expect(try await shop.database.rows(homes) == before)
        // The months beside it have partitions of their own now.
        let later = CallRecord.sample(at: try #require(Timestamp(iso8601: "2020-03-01T00:00:00Z")))
        try await shop.write(ChangeScope(orderIDs: [], calls: [later])) { _ in }
        #expect(try await shop.database.rows(homes).contains("api_calls_2020_03"))
      }
    }
  }
}

extension CallRecord {
  static func sample(
    at moment: Timestamp = .now(), related: String? = nil, subjects: [String] = [],
    request: [UInt8] = [], type: String = "application/json", body: [UInt8] = [],
    isSuccess: Bool = true, url: String = "https://marketplace.example/api/orders",
    problem: String? = nil, responseHeaders: [(String, String)] = [("content-type", "x")]
  ) -> CallRecord {
    CallRecord(
      id: UUIDv7.make(at: moment), service: "BestBuy", endpoint: "OR11", method: "GET",
      url: url, requestBody: request, requestContentType: type, statusCode: 200,
      responseHeaders: responseHeaders,
      responseBody: body, startedAt: moment, duration: .milliseconds(12), isSuccess: isSuccess,
      problem: problem, correlationID: "c1", relatedID: related, subjects: subjects)
  }
}
