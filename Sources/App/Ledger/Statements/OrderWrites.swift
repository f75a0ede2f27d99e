import Effects
import Kit
import Orders
import Postgres

struct InsertOrders: PostgresStatement {
  static let sql = """
    insert into orders (order_id, shop_id, status, status_since, parked_reason, marketplace_state,
      marketplace_updated_at, marketplace_seen_at, placed_at, accept_by, ship_by, currency,
      total_price, has_address, raw_order_data, raw_order_digest, created_at, updated_at)
    select id, shop, status, $1, parked, state, updated, $1, placed, accept_by, ship_by, currency,
      price::numeric, address, raw::jsonb, digest, $1, $1
    from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
      $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[],
      $13::boolean[], $14::text[], $15::bytea[])
      as u (id, shop, status, parked, state, updated, placed, accept_by, ship_by, currency, price,
        address, raw, digest)
    order by id
    """
  let now: Timestamp
  let orders: [NewOrder]

  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(orders.map(\.order.orderID))
    b.append(orders.map(\.shopID))
    b.append(orders.map(\.status.rawValue))
    b.append(orders.map { $0.parkedReason.map(Plain.text) })
    b.append(orders.map { $0.order.state.map(Plain.text) })
    b.append(orders.map(\.order.updatedAt))
    b.append(orders.map(\.order.placedAt))
    b.append(orders.map(\.acceptBy))
    b.append(orders.map(\.order.shipBy))
    b.append(orders.map { $0.order.currency.map(Plain.text) })
    b.append(orders.map { Plain.numeric($0.order.totalPrice) })
    b.append(orders.map(\.order.hasAddress))
    b.appendUTF8Array(orders.map { Plain.jsonb($0.order.raw) })
    b.append(orders.map { Optional($0.order.digest) })
  }
}

struct InsertOrderLines: FreshStatement {
  static let sql = """
    \(freshSQL)
    on conflict (order_id, order_line_id) do update
      set sku = excluded.sku, quantity = excluded.quantity, title = excluded.title,
        unit_price = excluded.unit_price, raw_line_data = excluded.raw_line_data
    """
  static let freshSQL = """
    insert into order_lines (order_id, order_line_id, line_index, sku, quantity, title, unit_price,
      raw_line_data)
    select o, id, index, sku, quantity, title, price::numeric, raw::jsonb
    from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text[],
      $7::text[], $8::text[]) as u (o, id, index, sku, quantity, title, price, raw)
    """
  let orderIDs: [String]
  let lines: [IncomingOrder.Line]

  init(_ orders: [IncomingOrder]) {
    var ids: [String] = []
    var lines: [IncomingOrder.Line] = []
    for order in orders {
      var seen: Set<String> = []
      for line in order.lines where seen.insert(line.id).inserted {
        ids.append(order.orderID)
        lines.append(line)
      }
    }
    self.orderIDs = ids
    self.lines = lines
  }

  func bind(_ b: inout PostgresBindings) {
    b.append(orderIDs)
    b.append(lines.map(\.id))
    b.append(lines.map { Int64($0.index) })
    b.append(lines.map(\.sku))
    b.append(
      lines.map { $0.quantity.flatMap { (0...Int(Int32.max)).contains($0) ? Int64($0) : nil } })
    b.append(lines.map { $0.title.map(Plain.text) })
    b.append(lines.map { Plain.numeric($0.unitPrice) })
    b.appendUTF8Array(lines.map { Plain.jsonb($0.raw) })
  }
}

/// Writes the marketplace's own columns and nothing of ours: pulling again never resets what we know.
/// An order that moves at the same time is moved here: its history, inserted next, finds it so.
struct RefreshOrders: PostgresStatement {
  static let sql = """
    update orders o set marketplace_state = u.state,
      marketplace_updated_at = coalesce(u.updated, o.marketplace_updated_at),
      marketplace_seen_at = $1, placed_at = coalesce(u.placed, o.placed_at),
      ship_by = coalesce(u.ship_by, o.ship_by), currency = coalesce(u.currency, o.currency),
      total_price = coalesce(u.price::numeric, o.total_price), has_address = u.address,
      newest_order_data = u.raw, raw_order_digest = u.digest, updated_at = $1,
      status_before = case when u.status is null then o.status_before else o.status end,
      status_since = case when u.status is null then o.status_since else $1 end,
      status = coalesce(u.status, o.status),
      parked_reason = case when u.status is null then o.parked_reason else u.parked end
    from unnest($2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[],
      $7::text[], $8::text[], $9::boolean[], $10::text[], $11::bytea[], $12::text[], $13::text[])
      as u (id, state, updated, placed, ship_by, currency, price, address, raw, digest, status,
        parked)
    where o.order_id = u.id
    """
  let now: Timestamp
  let orders: [IncomingOrder]
  /// By order: the one move that it makes in the same transaction.
  let moves: [String: HistoryEntry]

  init(now: Timestamp, orders: [IncomingOrder], history: [HistoryEntry]) {
    self.now = now
    self.orders = orders
    let entries = Dictionary(grouping: history, by: \.orderID)
    moves = entries.compactMapValues { $0.count == 1 ? $0[0] : nil }
  }

  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(orders.map(\.orderID))
    b.append(orders.map { $0.state.map(Plain.text) })
    b.append(orders.map(\.updatedAt))
    b.append(orders.map(\.placedAt))
    b.append(orders.map(\.shipBy))
    b.append(orders.map { $0.currency.map(Plain.text) })
    b.append(orders.map { Plain.numeric($0.totalPrice) })
    b.append(orders.map(\.hasAddress))
    b.appendUTF8Array(orders.map { Plain.jsonb($0.raw) })
    b.append(orders.map { Optional($0.digest) })
    let making = orders.map { moves[$0.orderID] }
    b.append(making.map { $0?.status.rawValue })
    b.append(making.map { $0.flatMap { $0.status == .parked ? Plain.text($0.cause) : nil } })
  }
}

struct WriteParkedReasons: PostgresStatement {
  static let sql = """
    update orders o set parked_reason = u.reason
    from unnest($1::text[], $2::text[]) as u (id, reason)
    where o.order_id = u.id and o.status = 'parked' and o.parked_reason <> u.reason
    """
  let reasons: [(orderID: String, reason: String)]
  func bind(_ b: inout PostgresBindings) {
    b.append(reasons.map(\.orderID))
    b.append(reasons.map { Plain.text($0.reason) })
  }
}

struct InsertHistory: PostgresStatement {
  static let sql = """
    insert into order_status_history (order_id, previous_status, status, cause, actor, effect_id,
      correlation_id, created_at)
    select id, previous, status, cause, actor, effect, correlation, $1
    from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[],
      $8::text[]) as u (id, previous, status, cause, actor, effect, correlation)
    """
  let now: Timestamp
  let entries: [HistoryEntry]

  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(entries.map(\.orderID))
    b.append(entries.map(\.previous.rawValue))
    b.append(entries.map(\.status.rawValue))
    b.append(entries.map { Plain.text($0.cause) })
    b.append(entries.map(\.actor))
    b.append(entries.map(\.effectID))
    b.append(entries.map(\.correlationID))
  }
}

struct InsertUnreadable: PostgresStatement {
  static let sql = """
    insert into unreadable_orders (digest, shop_id, problem, raw, first_seen, last_seen)
    select distinct on (digest) digest, shop, problem, raw, $1, $1
    from unnest($2::bytea[], $3::text[], $4::text[], $5::text[]) as u (digest, shop, problem, raw)
    on conflict (digest) do update set last_seen = $1, times = unreadable_orders.times + 1
    """
  let now: Timestamp
  let orders: [UnreadableOrder]

  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(orders.map { Optional($0.digest) })
    b.append(orders.map(\.shopID))
    b.append(orders.map { Plain.text($0.problem) })
    b.append(orders.map { Plain.text(String(decoding: $0.raw, as: UTF8.self)) })
  }
}
