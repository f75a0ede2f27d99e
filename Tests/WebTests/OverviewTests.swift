import HTTP
import Kit
import Ledger
import People
import Postgres
import Testing
import Web

@Suite(.serialized) struct OverviewTests {
  /// What the pages call `Words.count` a number: with narrow blanks between groups.
  private func number(_ text: some StringProtocol) -> Int? {
    Int(String(text.filter(\.isNumber)))
  }

  /// The numbers in the tiles of a channel, and the total above them.
  private func tiles(_ page: String) -> (total: Int?, tiles: [Int]) {
    let total = page.split(separator: "class=\"total\"><strong>").dropFirst().first
      .flatMap { number($0.prefix { $0 != "<" }) }
    let tiles = page.split(separator: "class=\"tile ").dropFirst().compactMap { piece -> Int? in
      guard let mark = piece.firstRange(of: "<strong>") else { return nil }
      return number(piece[mark.upperBound...].prefix { $0 != "<" })
    }
    return (total, tiles)
  }

  private static let orders = """
    insert into orders (order_id, shop_id, status, status_since, parked_reason, marketplace_state,
      marketplace_seen_at, accept_by, ship_by, raw_order_data, raw_order_digest, created_at, updated_at)
    select s.status || '-' || n, 'shop', s.status, now(),
      case when s.status = 'parked' then 'unknown SKU' end, 'SHIPPING', now(),
      now() + interval '20 hours', now() + make_interval(hours => n - 2), '{}', '\\x00', now(), now()
    from (values ('pending_acceptance', 3), ('acceptance_failed', 2), ('label_created', 5),
      ('shipped', 7), ('cancelled', 4)) as s (status, many), generate_series(1, 9) n
    where n <= s.many;
    insert into order_tallies select channel, status, count(*) from orders where not is_open
      group by 1, 2;
    insert into conversations (mirakl_thread_id, shop_id, topic, customer_name, status, answer_by,
      needs_person, last_message_at)
    values ('late', 'shop', 'Late <b>one</b>', 'Robin Example', 'unread', now() - interval '1 hour',
        null, now()),
      ('soon', 'shop', 'Soon', 'Robin Example', 'unread', now() + interval '90 minutes', null, now()),
      ('calm', 'shop', 'Calm', 'Robin Example', 'unread', now() + interval '20 hours', null, now()),
      ('asks', 'shop', 'Asks', 'Robin Example', 'unread', null, 'nobody knows whether it arrived',
        now());
    """

  @Test func everyOrderIsInOneTileAndTheTilesAddUp() async throws {
    try await withSite(more: Self.orders) { site, ledger in
      let owner = try await Browser(site).asFirstOwner()
      let (total, tiles) = tiles(text(await owner.get("/")))
      #expect(total == 62 + 3 + 2 + 5 + 7 + 4)
      #expect(tiles.reduce(0, +) == total)
      // Each tile is as long as the list that it leads to.
      let situation = try await ledger.situation()
      #expect(situation.orders["marketplace"]?.values.reduce(0, +) == total)
      for (status, count) in situation.orders["marketplace"] ?? [:] {
        let search = OrderSearch(.status(status, channel: "marketplace"), limit: 100)
        let listed = try await ledger.page(of: search).rows.count
        // Ended ones are listed by a history that these do not have.
        if status != "cancelled" { #expect(listed == count, "\(status)") }
      }
    }
  }

  @Test func whatNeedsAPersonComesFromEveryRoomByItsDeadline() async throws {
    try await withSite(more: Self.orders) { site, ledger in
      let owner = try await Browser(site).asFirstOwner()
      let page = text(await owner.get("/"))
      let list =
        page.split(separator: "id=\"now\"").last?.split(separator: "</section>").first ?? ""
      // Late and at risk: labels whose ship-by is over or near, answers that are due; by deadline.
      let wanted = [
        "label_created-1", "Late &lt;b&gt;one&lt;/b&gt;", "label_created-2", "label_created-3",
        "Soon",
        "label_created-4", "label_created-5", "acceptance_failed-1", "acceptance_failed-2",
      ]
      let places = wanted.map { list.firstRange(of: ">\($0)<")?.lowerBound }
      #expect(!places.contains(nil))
      let found = places.compactMap { $0 }
      #expect(found == found.sorted())
      #expect(list.contains("at risk of being late") && list.contains("overdue"))
      #expect(list.contains("nobody knows whether it arrived"))
      #expect(!list.contains(">Calm<"))
      #expect(list.contains("Robin Example"))
      // A viewer's overview has the same answers to give, and neither names a customer nor says what they
      // wrote about; a packer's has none.
      let viewer = try await Browser(site).signedIn("viv", .viewer, ledger)
      let masked = text(await viewer.get("/"))
      #expect(masked.contains(">Conversation ") && masked.contains("R. E."))
      #expect(!masked.contains(">Soon<") && !masked.contains("Robin"))
      let packer = try await Browser(site).signedIn("kim", .packer, ledger)
      let packing = text(await packer.get("/"))
      #expect(packing.contains("label_created-1"))
      #expect(!packing.contains(">Soon<") && !packing.contains("Robin"))
    }
  }

  /// What ended before somebody was needed: nobody may look for it in vain.
  private static let ended = """
    insert into orders (order_id, shop_id, status, status_since, marketplace_state, marketplace_seen_at,
      ship_by, raw_order_data, raw_order_digest, created_at, updated_at, is_held)
    select id, 'shop', status, now() - interval '1 hour', 'SHIPPED', now(), now() + interval '5 hours',
      '{}', '\\x00', now(), now(), held
    from (values ('aside-1', 'shipped', true), ('asks-1', 'cancelled', false),
      ('held-1', 'cancelled', true), ('calm-1', 'shipped', false)) as o (id, status, held);
    insert into order_holds values ('aside-1', 'a part is missing', 'kim', now()),
      ('held-1', 'wait', 'kim', now() - interval '2 hours');
    insert into effects (kind, subject, ordinal, order_id, shop_id, lane, request_key, state, outcome,
      due_at, deadline, created_at, updated_at)
    values ('void_label', 'asks-1', 1, 'asks-1', 'shop', 'shop:carrier', 'r-1', 'needs_person',
      'the carrier refused', now(), now(), now(), now());
    insert into shops (shop_id, name) values ('gone', 'Gone');
    insert into pull_cursors (shop_id, walk, last_problem, problem_since, failed_at)
    values ('shop', 'poll', 'HTTP 500', now() - interval '12 minutes', now()),
      ('gone', 'poll', 'HTTP 401', now() - interval '9 days', now() - interval '8 days');
    """

  @Test func whatEndedAndStillAsksIsOnTheListsOfWhatNeedsAPerson() async throws {
    try await withSite(more: Self.ended) { site, ledger in
      let owner = try await Browser(site).asFirstOwner()
      let page = text(await owner.get("/"))
      #expect(page.contains("Put aside") && page.contains(">aside-1<"))
      #expect(page.contains(">asks-1<"))
      // The hostile one asks as well, and is open.
      let ours = { (ids: [String]) in ids.filter { $0.hasSuffix("-1") } }
      let duties = try await ledger.duties(soon: .hours(1), limit: 20)
      #expect(ours(duties.map(\.orderID)) == ["aside-1", "asks-1"])
      let waiting = try await ledger.page(of: OrderSearch(.needsPerson, limit: 20)).rows
      #expect(Set(ours(waiting.map(\.orderID))) == ["aside-1", "asks-1"])
      let held = try await ledger.page(of: OrderSearch(.held, limit: 20)).rows
      #expect(held.map(\.orderID) == ["aside-1"])
      #expect(try await ledger.situation().held == 1)
      let asking = try await ledger.orders(OrderFilter(needsPerson: true, limit: 20))
      #expect(ours(asking.map(\.orderID)) == ["asks-1"])
      // And a pull that fails is told, one of a shop that is gone is not.
      #expect(page.contains("Orders of shop shop have not all come in for 12 minutes: HTTP 500."))
      #expect(!page.contains("HTTP 401"))
      let metrics = text(await owner.get("/metrics"))
      #expect(metrics.contains("quayside_pull_failing_seconds{shop=\"shop\",walk=\"poll\"}"))
    }
  }
}
