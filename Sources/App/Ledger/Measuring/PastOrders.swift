import Kit
public import Postgres

/// Shipped orders of the past year with what belongs to them, made in SQL: for measuring whether work
/// costs the same however much lies behind it. Of an order's five calls two are kept, since ten million
/// have to fit on a disk. Only ever in a database made for that.
public struct PastOrders: Sendable {
  /// Disk that one takes, indexes included, measured with ten million of them.
  public static let bytesEach = 5_600
  static let batch = 10_000
  static let patience = Duration.hours(2)

  let configuration: PostgresConfiguration
  let shop: String

  public init(_ configuration: PostgresConfiguration, shop: String) {
    self.configuration = configuration
    self.shop = shop
  }

  /// Two connections fill, each its own half; then every table is vacuumed and analysed. Rows that
  /// will never change again are packed densely: the room that is kept for changes, and that a year
  /// of vacuum would have used up, is left to new ones.
  public func fill(_ count: Int) async throws {
    let first = try await open()
    try await first.script(
      "select ensure_partitions(now() - interval '13 months', now())", deadline: Self.patience)
    for table in Self.roomy.keys {
      try await first.script(
        "alter table \(table) set (fillfactor = 100)", deadline: Self.patience)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for half in [0..<(count / 2), (count / 2)..<count] {
        group.addTask { try await fill(half, of: count, try await open()) }
      }
      try await group.waitForAll()
    }
    for (table, factor) in Self.roomy {
      try await first.script(
        "alter table \(table) set (fillfactor = \(factor))", deadline: Self.patience)
    }
    try await first.script(Self.tallies, deadline: Self.patience)
    for table in Self.tables {
      try await first.script("vacuum (freeze, analyze) \(table)", deadline: Self.patience)
    }
    try await first.script("checkpoint", deadline: Self.patience)
    await first.close()
  }

  private func open() async throws(PostgresError) -> PostgresConnection {
    let connection = try await PostgresConnection.open(configuration, deadline: .seconds(30))
    // As a replica takes rows over: no trigger looks at them, no key is checked again.
    try await connection.script(
      "set session_replication_role = replica; set synchronous_commit = off; set jit = off",
      deadline: .seconds(10))
    return connection
  }

  private func fill(
    _ numbers: Range<Int>, of count: Int, _ connection: PostgresConnection
  ) async throws {
    var start = numbers.lowerBound
    while start < numbers.upperBound {
      let end = min(start + Self.batch, numbers.upperBound)
      for insert in Self.inserts {
        try await connection.script(
          Self.source(start..<end, of: count, shop: shop) + insert, deadline: Self.patience)
      }
      start = end
    }
    await connection.close()
  }

  /// Ended orders are counted as they end: what was filled in past the triggers is counted here.
  private static let tallies = """
    insert into order_tallies
      select channel, status, count(*) from orders where not is_open group by channel, status
      on conflict (channel, status) do update set orders = excluded.orders;
    update order_tally_places set history_id = (select max(history_id) from order_status_history);
    """

  /// Tables whose pages keep room for changes, and how full they are, as the migrations say.
  static let roomy = ["orders": 50, "effects": 60, "shipments": 35]

  static let tables = [
    "orders", "order_lines", "order_status_history", "effects", "shipments", "api_calls",
    "api_call_subjects", "order_acceptance_attempts",
  ]

  /// The orders of a batch: id, number, when it came; spread evenly over the past year.
  private static func source(_ numbers: Range<Int>, of count: Int, shop: String) -> String {
    """
    with past as (
      select n, 'past-' || lpad(n::text, 9, '0') || '-A' as id, '\(shop)' as shop,
        date_trunc('hour', now()) - interval '366 days' + n * (interval '365 days' / \(count)) as at
      from generate_series(\(numbers.lowerBound), \(numbers.upperBound - 1)) as n)

    """
  }

  private static let inserts = [
    """
    insert into orders (order_id, shop_id, status, status_since, status_before, marketplace_state,
      marketplace_updated_at, marketplace_seen_at, placed_at, accept_by, ship_by, currency,
      total_price, has_address, raw_order_data, raw_order_digest, created_at, updated_at)
    select id, shop, 'shipped', at + interval '2 hours', 'label_created', 'SHIPPED',
      at + interval '2 hours', at + interval '2 hours', at, at + interval '1 day',
      at + interval '3 days', 'CAD', 649.99, true,
      jsonb_build_object('order_id', id, 'order_state', 'SHIPPED', 'total_price', 649.99,
        'customer', jsonb_build_object('firstname', 'Sample', 'lastname', 'Customer ' || n,
          'street_1', n || ' Sample Road', 'city', 'Halifax', 'zip_code', 'B3J1A1')),
      sha256(id::bytea), at, at + interval '2 hours'
    from past
    """,
    """
    insert into order_lines (order_id, order_line_id, line_index, sku, quantity, title, unit_price,
      raw_line_data)
    select id, id || '-1', 1, 'SKU-' || n % 500, 1, 'Laptop', 649.99,
      jsonb_build_object('order_line_id', id || '-1', 'quantity', 1, 'price', 649.99)
    from past
    """,
    """
    insert into order_status_history (order_id, previous_status, status, cause, effect_id,
      correlation_id, created_at)
    select id, m.old, m.new, m.cause, null, 'past/' || n, at + m.after
    from past cross join (values
      ('received', 'pending_acceptance', 'pulled', interval '0'),
      ('pending_acceptance', 'accepted', 'accepted and read back', interval '1 minute'),
      ('accepted', 'label_created', 'label bought and stored', interval '1 hour'),
      ('label_created', 'shipped', 'shipped and read back', interval '2 hours')
    ) as m (old, new, cause, after)
    order by n, m.after
    """,
    """
    insert into effects (kind, subject, order_id, shop_id, lane, request_key, state, due_at,
      deadline, tries, checks, sends, outcome, call_id, created_at, updated_at)
    select k.kind, id, id, shop, k.system || ':' || shop, id || ' ' || k.kind || ' 1', 'confirmed',
      at + k.after, at + k.after + interval '12 hours', 1, 1, 1, 'done',
      md5(id || k.kind)::uuid, at, at + k.after
    from past cross join (values
      ('accept_order', 'marketplace', interval '1 minute'),
      ('buy_label', 'carrier', interval '1 hour'), ('fetch_label', 'carrier', interval '1 hour'),
      ('post_tracking', 'marketplace', interval '2 hours'),
      ('mark_shipped', 'marketplace', interval '2 hours')
    ) as k (kind, system, after)
    order by n, k.after, k.kind
    """,
    """
    insert into shipments (order_id, status, request_id, group_id, service_code, cp_shipment_id,
      tracking_pin, cp_api_label_url, cp_label_type, label_pdf_path, label_sha256, label_bytes,
      tracking_posted_at, created_at, updated_at)
    select id, 'tracking_updated', 'P' || lpad(n::text, 9, '0'), 'QS' || to_char(at, 'YYYYMMDD'),
      'DOM.EP', 'past' || lpad(n::text, 12, '0'), '9' || lpad(n::text, 15, '0'),
      'http://127.0.0.1/rs/artifact/past/' || n, '4x6', 'labels/past/' || n || '.pdf',
      encode(sha256(id::bytea), 'hex'), 30000, at + interval '2 hours', at + interval '1 hour',
      at + interval '2 hours'
    from past
    """,
    """
    insert into api_calls (call_id, service, endpoint, related_id, method, url, request_headers,
      request_payload, status_code, response_headers, response_body, response_bytes, is_success,
      duration_us, correlation_id, created_at)
    select (lpad(to_hex((extract(epoch from at + c.after) * 1000)::bigint), 12, '0')
        || substr(md5(id || c.endpoint), 1, 20))::uuid,
      c.service, c.endpoint, id, c.method, 'http://127.0.0.1/' || c.endpoint || '/' || id,
      '{"Accept": "application/json"}'::json, jsonb_build_object('order_id', id), c.code,
      '{"Content-Type": "application/json"}'::json, '{"order_id":"' || id || '"}', 60, true, 90000,
      'past/' || n, at + c.after
    from past cross join (values
      ('mirakl', 'accept', 'PUT', 204, interval '1 second'),
      ('canadapost', 'create_shipment', 'POST', 200, interval '1 hour')
    ) as c (service, endpoint, method, code, after)
    order by n, c.after
    """,
    """
    insert into api_call_subjects (subject, call_id, created_at)
    select id, (lpad(to_hex((extract(epoch from at + r.after) * 1000)::bigint), 12, '0')
        || substr(md5(id || 'read'), 1, 20))::uuid, at + r.after
    from past cross join (values (interval '0'), (interval '1 minute'), (interval '2 hours'))
      as r (after)
    order by n, r.after
    """,
    """
    insert into order_acceptance_attempts (order_id, attempt_number, status, created_at)
    select id, 1, 'success', at + interval '1 second' from past
    """,
  ]
}
