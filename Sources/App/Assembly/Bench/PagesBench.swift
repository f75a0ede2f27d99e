import HTTP
import Kit
import Ledger
import People
import Postgres
import Web

/// How long the server takes for each page with this many orders in the ledger, 1 in 100 of them open.
struct PagesBench {
  struct Page {
    var name: String
    var target: String
    var median: Duration
    var worst: Duration
    var status: Int
    var bytes: Int
  }

  static let times = 40
  static let batch = 50_000

  let context: Context
  let folder: String
  let orders: Int

  func run() async throws -> [Page] {
    var context = context
    context.settings.becomeBench("http://127.0.0.1:9", folder: folder)
    context.log.level = .error
    let installation = try await Installation.open(context, schema: .any)
    do {
      if try await installation.ledger.situation().total < orders {
        try await installation.beginAnew()
        try await installation.openShops()
        try await fill(installation)
      }
      let pages = try await measure(installation)
      await installation.close()
      return pages
    } catch {
      await installation.close()
      throw error
    }
  }

  /// By SQL, past the triggers: the rows are what the cycle would have left.
  private func fill(_ installation: Installation) async throws {
    let connection = try await PostgresConnection.open(
      installation.configuration, deadline: .seconds(30))
    try await connection.script(
      "set session_replication_role = replica; set synchronous_commit = off",
      deadline: .seconds(10))
    try await connection.script(Self.goods, deadline: .minutes(5))
    for first in stride(from: 1, through: orders, by: Self.batch) {
      let last = min(first + Self.batch - 1, orders)
      try await connection.script(Self.rows(first, last, of: orders), deadline: .minutes(5))
      try await connection.script(Self.roomRows, deadline: .minutes(5))
      context.printError("\(last) of \(orders) orders")
    }
    try await connection.script(Self.roomEnds, deadline: .minutes(5))
    try await connection.script(
      """
      insert into order_tallies
        select channel, status, count(*) from orders where not is_open group by channel, status
        on conflict (channel, status) do update set orders = excluded.orders;
      update order_tally_places set history_id = (select max(history_id) from order_status_history);
      """, deadline: .minutes(5))
    try await connection.script("vacuum analyze", deadline: .minutes(10))
    await connection.close()
  }

  private static func rows(_ first: Int, _ last: Int, of count: Int) -> String {
    """
    create temporary table if not exists fill (n int, id text, status text, at timestamptz);
    truncate fill;
    insert into fill
      select n, 'W' || lpad(n::text, 9, '0') || '-A',
        case when n <= \(count) - \(count) / 100 then
            case when n % 33 = 0 then 'cancelled' else 'shipped' end
          when n % 50 = 0 then 'parked' when n % 50 = 1 then 'acceptance_failed'
          when n % 50 < 15 then 'pending_acceptance' when n % 50 < 35 then 'accepted'
          else 'label_created' end,
        now() - make_interval(secs => (\(count) - n) * 17)
      from generate_series(\(first), \(last)) n;
    insert into orders (order_id, shop_id, status, status_since, status_before, parked_reason,
      marketplace_state, marketplace_seen_at, placed_at, accept_by, ship_by, currency, total_price,
      has_address, raw_order_data, raw_order_digest, created_at, updated_at)
    select id, 'main', status, at, 'received', case when status = 'parked' then 'unknown SKU' end,
      'SHIPPING', at, at, at + interval '1 day', at + interval '3 days', 'CAD', 10 + n % 2000, true,
      jsonb_build_object('order_id', id, 'customer', jsonb_build_object('firstname', 'Robin',
        'lastname', 'Example', 'shipping_address', jsonb_build_object('street_1', n || ' Sample St',
        'city', 'Halifax', 'state', 'NS', 'zip_code', 'B3J1A1'))),
      '\\x00', at, at
    from fill;
    insert into order_lines (order_id, order_line_id, line_index, sku, quantity, title, unit_price,
      raw_line_data)
    select id, id || '-1', 1, 'LAPTOP-' || n % 12, 1, 'Laptop of kind ' || n % 12, 10 + n % 2000,
      '{}' from fill;
    insert into order_status_history (order_id, previous_status, status, cause, created_at)
    select id, s.before, s.status, 'as it goes', at - make_interval(mins => s.ago)
    from fill, (values (1, 'received', 'pending_acceptance', 40), (2, 'pending_acceptance',
      'accepted', 30), (3, 'accepted', 'label_created', 20)) as s (step, before, status, ago)
    union all
    select id, 'label_created', status, 'as it goes', at from fill
    where status in ('shipped', 'cancelled');
    insert into shipments (order_id, status, request_id, tracking_pin, created_at, updated_at)
    select id, 'tracking_updated', 'r' || n, '9' || lpad(n::text, 15, '0'), at, at from fill
    where status in ('shipped', 'label_created');
    insert into effects (kind, subject, order_id, shop_id, lane, request_key, state, due_at, deadline,
      outcome, created_at, updated_at)
    select k.kind, id, id, 'main', 'marketplace:main', k.kind || id,
      case when status = 'accepted' and n % 20 = 3 and k.kind = 'buy_label' then 'needs_person'
        when status in ('shipped', 'cancelled', 'label_created') then 'confirmed'
        else 'planned' end, at, at + interval '1 day', 'as it goes', at, at
    from fill, (values ('accept_order'), ('buy_label')) as k (kind)
    where k.kind = 'accept_order' or status <> 'pending_acceptance';
    """
  }

  private func measure(_ installation: Installation) async throws -> [Page] {
    let site = installation.website(title: "Quayside")
    let visitor = try await BenchVisitor.signIn(site, installation.ledger)
    var pages: [Page] = []
    for (name, target) in targets {
      var took: [Duration] = []
      var answer = HTTPResponse.empty()
      for _ in 0..<Self.times {
        let begun = ContinuousClock.now
        answer = await visitor.get(target)
        took.append(ContinuousClock.now - begun)
      }
      took.sort()
      pages.append(
        Page(
          name: name, target: target, median: took[took.count / 2], worst: took[took.count - 1],
          status: answer.status, bytes: visitor.length(of: answer)))
    }
    return pages
  }

  static func summary(_ pages: [Page], orders: Int) -> JSON {
    func milliseconds(_ duration: Duration) -> JSON {
      .decimal("\((duration.seconds * 10_000).rounded() / 10)")
    }
    return [
      "benchmark": "pages", "orders": .int(Int64(orders)),
      "pages": .array(
        pages.map { page in
          [
            "name": .string(page.name), "target": .string(page.target),
            "status": .int(Int64(page.status)), "bytes": .int(Int64(page.bytes)),
            "median_ms": milliseconds(page.median), "worst_ms": milliseconds(page.worst),
          ]
        }),
    ]
  }
}
