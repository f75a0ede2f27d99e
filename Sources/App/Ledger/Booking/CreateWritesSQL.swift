import Booking
import Kit
import Postgres

struct InsertBookedOrders: PostgresStatement {
  static let sql = """
    insert into orders (order_id, shop_id, channel, status, status_since, marketplace_seen_at,
      placed_at, currency, total_price, raw_order_data, raw_order_digest, created_at, updated_at)
    select id, shop, 'booking', 'pending', $1, $1, $1, currency, price::numeric, raw::jsonb, digest,
      $1, $1
    from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[])
      as u (id, shop, currency, price, raw, digest)
    """
  let now: Timestamp
  let bookings: [CreateWrites.NewBooking]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(bookings.map(\.order.orderID))
    b.append(bookings.map(\.order.businessID))
    b.append(bookings.map(\.order.currency))
    b.append(bookings.map { $0.order.total.map(Amount.text) })
    b.appendUTF8Array(bookings.map { Plain.jsonb($0.body) })
    b.append(bookings.map { Optional($0.rawDigest) })
  }
}

struct InsertBookings: PostgresStatement {
  static let sql = """
    insert into bookings (order_id, business_id, source, customer_name, customer_phone, notes,
      slot_id, principal, draft_id, confirmation_id, summary, fingerprint, fingerprint_window,
      request_sha256, correlation_id, created_at, updated_at)
    select id, business, source, name, phone, notes, slot, principal, draft, confirmation, summary,
      fingerprint, $2, digest, correlation, $1, $1
    from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
      $10::text[], $11::uuid[], $12::uuid[], $13::text[], $14::bytea[], $15::bytea[], $16::text[])
      as u (id, business, source, name, phone, notes, slot, principal, draft, confirmation, summary,
        fingerprint, digest, correlation)
    """
  let now: Timestamp
  let bookings: [CreateWrites.NewBooking]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(ReadFingerprints.window(of: now))
    b.append(bookings.map(\.order.orderID))
    b.append(bookings.map(\.order.businessID))
    b.append(bookings.map(\.order.source.rawValue))
    b.append(bookings.map { Plain.text($0.order.customerName) })
    b.append(bookings.map(\.order.customerPhone))
    b.append(bookings.map { $0.order.notes.map(Plain.text) })
    b.append(bookings.map(\.order.slotID))
    b.append(bookings.map(\.order.principal))
    b.append(bookings.map(\.order.draftID))
    b.append(bookings.map(\.order.confirmationID))
    b.appendUTF8Array(bookings.map { $0.summary.map { $0[...] } })
    b.append(bookings.map { Optional($0.fingerprint) })
    b.append(bookings.map { Optional($0.rawDigest) })
    b.append(bookings.map(\.correlationID))
  }
}

struct InsertBookedLines: PostgresStatement {
  static let sql = """
    insert into order_lines (order_id, order_line_id, line_index, sku, quantity, title, unit_price,
      raw_line_data)
    select o, index::text, index, sku, quantity, title, price::numeric, raw::jsonb
    from unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[],
      $7::text[]) as u (o, index, sku, quantity, title, price, raw)
    """
  let orderIDs: [String]
  let indexes: [Int64]
  let lines: [BookedLine]

  init(_ orders: [BookedOrder]) {
    var orderIDs: [String] = []
    var indexes: [Int64] = []
    var lines: [BookedLine] = []
    for order in orders {
      for (i, line) in order.lines.enumerated() {
        orderIDs.append(order.orderID)
        indexes.append(Int64(i + 1))
        lines.append(line)
      }
    }
    self.orderIDs = orderIDs
    self.indexes = indexes
    self.lines = lines
  }

  func bind(_ b: inout PostgresBindings) {
    b.append(orderIDs)
    b.append(indexes)
    b.append(lines.map(\.itemID))
    b.append(lines.map { Int64($0.quantity) })
    b.append(lines.map { Plain.text($0.name) })
    b.append(lines.map { $0.unitPrice.map(Amount.text) })
    b.appendUTF8Array(lines.map { $0.json.bytes[...] })
  }
}

/// A booking's entries in the history that all orders share.
struct InsertBookingHistory: PostgresStatement {
  struct Entry: Sendable {
    var orderID: String
    var previous: String
    var status: String
    var cause: String
    var actor: String
    var correlationID: String?
  }

  static let sql = """
    insert into order_status_history (order_id, previous_status, status, cause, actor,
      correlation_id, created_at)
    select id, previous, status, cause, actor, correlation, $1
    from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
      as u (id, previous, status, cause, actor, correlation)
    """
  let now: Timestamp
  let entries: [Entry]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(entries.map(\.orderID))
    b.append(entries.map(\.previous))
    b.append(entries.map(\.status))
    b.append(entries.map { Plain.text($0.cause) })
    b.append(entries.map(\.actor))
    b.append(entries.map(\.correlationID))
  }
}

/// Writes what became of keys. Under our lock nothing stands in a key's way; if a completed key that
/// still lives does, its state becomes NULL, which the table refuses: then nothing of all is stored.
struct WriteKeys: PostgresStatement {
  static let sql = """
    insert into idempotency_keys (business_id, principal, operation, key, state, request_sha256,
      canonical_sha256, status, code, answer, order_id, created_at)
    select b, p, o, k, state, raw, canonical, status, code, answer, order_id, $1
    from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[],
      $8::bytea[], $9::bigint[], $10::text[], $11::bytea[], $12::text[])
      as u (b, p, o, k, state, raw, canonical, status, code, answer, order_id)
    on conflict (business_id, principal, operation, key) do update set
      state = case when idempotency_keys.state = 'failed' or idempotency_keys.created_at <= $13
        then excluded.state end,
      request_sha256 = excluded.request_sha256, canonical_sha256 = excluded.canonical_sha256,
      status = excluded.status, code = excluded.code, answer = excluded.answer,
      order_id = excluded.order_id, created_at = excluded.created_at,
      tries = idempotency_keys.tries + 1
    """
  let now: Timestamp
  let keys: [CreateWrites.KeyWrite]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(keys.map(\.name.businessID))
    b.append(keys.map(\.name.principal))
    b.append(keys.map(\.name.operation))
    b.append(keys.map(\.name.key))
    b.append(keys.map(\.state.rawValue))
    b.append(keys.map { Optional($0.rawDigest) })
    b.append(keys.map { Optional($0.digest) })
    b.append(keys.map { Int64($0.status) })
    b.append(keys.map(\.code))
    b.append(keys.map(\.answer))
    b.append(keys.map(\.orderID))
    b.append(now - StoredKey.life)
  }
}

/// What should happen outside because of a booking: a row of the sheet, a notice.
struct InsertBookingEffects: PostgresStatement {
  struct Plan: Sendable {
    var kind: BookingEffect
    var orderID: String
    var businessID: String
    /// The booking's version: each is told once.
    var version: Int
    var correlationID: String?
  }

  /// An hour late is late.
  static let patience = Duration.hours(1)

  static let sql = """
    insert into effects (kind, subject, ordinal, order_id, shop_id, lane, request_key, state, due_at,
      deadline, correlation_id, created_at, updated_at)
    select kind, o, version, o, shop, lane, o || ':' || kind || ':' || version, 'planned', $1,
      $1 + make_interval(secs => $2 / 1e6), correlation, $1, $1
    from unnest($3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[])
      as u (kind, o, version, shop, lane, correlation)
    on conflict (subject, kind, ordinal) do nothing
    """
  let now: Timestamp
  let plans: [Plan]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(Self.patience.microseconds)
    b.append(plans.map(\.kind.rawValue))
    b.append(plans.map(\.orderID))
    b.append(plans.map { Int64($0.version) })
    b.append(plans.map(\.businessID))
    b.append(plans.map { $0.kind.lane(business: $0.businessID) })
    b.append(plans.map(\.correlationID))
  }
}

/// Books places in slots; the table refuses more than there are.
struct TakeSlots: PostgresStatement {
  static let sql = """
    update booking_slots s set taken = s.taken + u.count
    from unnest($1::text[], $2::text[], $3::bigint[]) as u (b, id, count)
    where s.business_id = u.b and s.slot_id = u.id
    """
  let counts: [(name: CreateFacts.ItemName, count: Int)]
  func bind(_ b: inout PostgresBindings) {
    b.append(counts.map(\.name.businessID))
    b.append(counts.map(\.name.itemID))
    b.append(counts.map { Int64($0.count) })
  }
}

/// The yes of each order is used up; a second use meets the key.
struct InsertConsents: PostgresStatement {
  static let sql = """
    insert into booking_consents (confirmation_id, order_id, level, consumed_at)
    select c, o, level, $1 from unnest($2::uuid[], $3::text[], $4::bigint[]) as u (c, o, level)
    """
  let now: Timestamp
  let consents: [(confirmation: Confirmation, orderID: String)]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(consents.map(\.confirmation.id))
    b.append(consents.map(\.orderID))
    b.append(consents.map { Int64($0.confirmation.level.rawValue) })
  }
}
