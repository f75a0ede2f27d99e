public import Booking
import Kit
public import Postgres

struct ReadBusinesses: PostgresStatement {
  static let columns = """
    select b.business_id, b.name, b.currency, c.order_booking_enabled, c.has_catalogue,
      c.requires_slot, c.line_quantity_max, c.order_quantity_max, c.order_value_max::text,
      c.orders_per_hour_max, c.confirmation_levels, c.confirmation_seconds, c.draft_seconds,
      c.sheets_sync_enabled, c.push_enabled, b.time_zone
    from businesses b join ai_capabilities c using (business_id)
    """
  static let sql = columns + " where b.business_id = any($1)"
  let ids: [String]
  func bind(_ b: inout PostgresBindings) { b.append(ids) }

  static func row(_ r: PostgresRow) throws(PostgresError) -> Business {
    Business(
      id: try r.string(0), name: try r.string(1), currency: try r.string(2),
      timeZone: try r.string(15), isBookingEnabled: try r.bool(3), hasCatalogue: try r.bool(4),
      requiresSlot: try r.bool(5),
      limits: BookingLimits(
        lineQuantityMax: try r.intOrNil(6), orderQuantityMax: try r.intOrNil(7),
        orderValueMax: Amount.hundredths(try r.stringOrNil(8)),
        ordersPerHourMax: try r.intOrNil(9)),
      levels: LevelRule(text: try r.string(10)) ?? LevelRule([(0, .outOfBand)]),
      confirmationLife: .seconds(try r.int64(11)), draftLife: .seconds(try r.int64(12)),
      syncsSheet: try r.bool(13), pushes: try r.bool(14))
  }
}

struct ReadAllBusinesses: PostgresStatement {
  static let sql = ReadBusinesses.columns + " order by b.business_id limit $1"
  let limit: Int
  func bind(_ b: inout PostgresBindings) { b.append(limit) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Business { try ReadBusinesses.row(r) }
}

struct WriteBusiness: PostgresStatement {
  static let sql = """
    with shop as (
      insert into shops (shop_id, name, marketplace) values ($1, $2, 'Booking')
      on conflict (shop_id) do nothing
    ), business as (
      insert into businesses (business_id, name, currency, time_zone) values ($1, $2, $3, $16)
      on conflict (business_id) do update set name = excluded.name, currency = excluded.currency,
        time_zone = excluded.time_zone
    )
    insert into ai_capabilities (business_id, order_booking_enabled, has_catalogue, requires_slot,
      line_quantity_max, order_quantity_max, order_value_max, orders_per_hour_max,
      confirmation_levels, confirmation_seconds, draft_seconds, sheets_sync_enabled, push_enabled)
    values ($1, $4, $5, $6, $7, $8, $9::text::numeric, $10, $11, $12, $13, $14, $15)
    on conflict (business_id) do update set
      order_booking_enabled = excluded.order_booking_enabled,
      has_catalogue = excluded.has_catalogue, requires_slot = excluded.requires_slot,
      line_quantity_max = excluded.line_quantity_max,
      order_quantity_max = excluded.order_quantity_max,
      order_value_max = excluded.order_value_max,
      orders_per_hour_max = excluded.orders_per_hour_max,
      confirmation_levels = excluded.confirmation_levels,
      confirmation_seconds = excluded.confirmation_seconds,
      draft_seconds = excluded.draft_seconds,
      sheets_sync_enabled = excluded.sheets_sync_enabled, push_enabled = excluded.push_enabled,
      updated_at = now()
    """
  let business: Business
  func bind(_ b: inout PostgresBindings) {
    b.append(business.id)
    b.append(business.name)
    b.append(business.currency)
    b.append(business.isBookingEnabled)
    b.append(business.hasCatalogue)
    b.append(business.requiresSlot)
    b.append(business.limits.lineQuantityMax.map { Int32(clamping: $0) })
    b.append(business.limits.orderQuantityMax.map { Int32(clamping: $0) })
    b.append(business.limits.orderValueMax.map(Amount.text))
    b.append(business.limits.ordersPerHourMax.map { Int32(clamping: $0) })
    b.append(business.levels.text)
    b.append(Int32(clamping: business.confirmationLife.components.seconds))
    b.append(Int32(clamping: business.draftLife.components.seconds))
    b.append(business.syncsSheet)
    b.append(business.pushes)
    b.append(business.timeZone)
  }
}

extension Ledger {
  /// `nil` when there is no such business.
  public func business(_ id: String) async throws(PostgresError) -> Business? {
    try await pool.query(ReadBusinesses(ids: [id]), deadline: limits.queryDeadline).first
  }

  /// By id.
  public func businesses(limit: Int = 1_000) async throws(PostgresError) -> [Business] {
    try await pool.query(ReadAllBusinesses(limit: limit), deadline: limits.queryDeadline)
  }

  /// Adds the business, or changes it to what is given.
  public func write(_ business: Business) async throws(PostgresError) {
    try await pool.query(WriteBusiness(business: business), deadline: limits.queryDeadline)
  }
}
