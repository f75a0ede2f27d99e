import Kit
import Ledger
import People
import Testing

extension LedgerTests {
  @Suite("Reading for pages") struct PageTests {
    /// Orders 1 to n with their history, by SQL: 1 in 3 shipped, 1 in 10 cancelled, the rest open.
    private func fill(_ shop: Shop, _ numbers: ClosedRange<Int>, age: String) async throws {
      try await shop.database.run(
        """
        insert into orders (order_id, shop_id, status, status_since, marketplace_seen_at,
          raw_order_data, raw_order_digest, created_at, updated_at, accept_by, ship_by)
        select 'W' || 1000 + n, 'main', 'pending_acceptance', now() - interval '\(age)', now(), '{}',
          '\\x00', now() - make_interval(mins => n), now(), now() + make_interval(hours => n - 5),
          now() + interval '2 days'
        from generate_series(\(numbers.lowerBound), \(numbers.upperBound)) n;
        insert into order_status_history (order_id, previous_status, status, cause, created_at)
        select 'W' || 1000 + n, 'received', 'pending_acceptance', '', now() - interval '\(age)'
        from generate_series(\(numbers.lowerBound), \(numbers.upperBound)) n;
        insert into order_status_history (order_id, previous_status, status, cause, created_at)
        select 'W' || 1000 + n, 'pending_acceptance',
          case when n % 3 = 0 then 'shipped' else 'cancelled' end, '', now() - interval '\(age)'
        from generate_series(\(numbers.lowerBound), \(numbers.upperBound)) n
        where n % 3 = 0 or n % 10 = 0;
        """)
    }

    @Test("the tiles add up before, while and after what ended is remembered")
    func tallies() async throws {
      try await Shop.open { shop in
        try await fill(shop, 1...100, age: "1 hour")
        try await fill(shop, 101...130, age: "1 minute")
        let expected = try await shop.database.rows(
          "select status || ' ' || count(*) from orders group by status order by status")
        func counted() async throws -> [String] {
          let orders = try await shop.ledger.situation().orders["marketplace"] ?? [:]
          return orders.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        }
        #expect(try await counted() == expected)
        #expect(try await shop.ledger.foldTallies(entriesMin: 1))
        #expect(try await counted() == expected)
        // What is young is counted, not remembered; and there is nothing more to remember.
        #expect(
          try await shop.database.one("select sum(orders)::text from order_tallies")
            == shop.database.one(
              "select count(*)::text from orders where not is_open and order_id < 'W1101'"))
        #expect(try await !shop.ledger.foldTallies(entriesMin: 1))
        // Two at once remember everything once.
        try await fill(shop, 131...200, age: "2 hours")
        try await withThrowingTaskGroup(of: Bool.self) { group in
          for _ in 0..<4 { group.addTask { try await shop.ledger.foldTallies(entriesMin: 1) } }
          try await group.waitForAll()
        }
        #expect(
          try await counted()
            == shop.database.rows(
              "select status || ' ' || count(*) from orders group by status order by status"))
      }
    }

    @Test("every list goes on by key to its end, without a gap or an order twice")
    func paging() async throws {
      try await Shop.open { shop in
        try await fill(shop, 1...90, age: "1 hour")
        let kinds: [(OrderSearch.Kind, String)] = [
          (.all, "true"), (.status("shipped", channel: "marketplace"), "status = 'shipped'"),
          (.status("cancelled", channel: "marketplace"), "status = 'cancelled'"),
          (.status("pending_acceptance", channel: "marketplace"), "status = 'pending_acceptance'"),
          (.text("W10"), "order_id like 'W10%'"), (.text("W1042"), "order_id = 'W1042'"),
          (.text("W1042%"), "false"), (.held, "false"), (.needsPerson, "false"),
        ]
        for (kind, condition) in kinds {
          var found: [String] = []
          var search = OrderSearch(kind, limit: 7)
          while true {
            let slice = try await shop.ledger.page(of: search)
            found += slice.rows.map(\.orderID)
            guard let next = slice.next else { break }
            search.before = next
          }
          let wanted = try await shop.database.rows(
            "select order_id from orders where \(condition) order by created_at desc, order_id desc"
          )
          #expect(Set(found) == Set(wanted) && found.count == wanted.count, "\(kind)")
        }
      }
    }

    @Test("duties come by deadline: what is late or parked, then what will be")
    func duties() async throws {
      try await Shop.open { shop in
        try await fill(shop, 1...20, age: "1 hour")
        let duties = try await shop.ledger.duties(soon: .minutes(450), limit: 50)
        let ids = duties.map(\.orderID)
        // Accept-by is n - 5 hours from now: those up to 12 are within 7.5 hours, less those that ended.
        let wanted = (1...12).filter { $0 % 3 != 0 && $0 % 10 != 0 }.map { "W\(1_000 + $0)" }
        #expect(ids == wanted)
        #expect(duties.allSatisfy { $0.kind == .accept })
      }
    }

    @Test("an owner's door is written once, and the trail for good")
    func forGood() async throws {
      try await Shop.open { shop in
        let owner = NewPerson(name: "owner", fullName: "O", role: .owner, passwordHash: "x")
        let first = try await shop.ledger.addFirstOwner(owner, from: "here")
        let second = try await shop.ledger.addFirstOwner(owner, from: "here")
        #expect(first != nil && second == nil)
        for sql in [
          "delete from owner_door", "update owner_door set closed_at = now()",
          "truncate owner_door", "update audit_trail set actor = 'nobody'",
          "delete from audit_trail", "truncate audit_trail",
        ] {
          let refusal = try await shop.database.refusal(sql)
          #expect(refusal == "23001", "\(sql)")
        }
      }
    }
  }
}
