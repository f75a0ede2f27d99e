public import Kit
public import Postgres

/// What only the page of one order shows.
public struct OrderDetail: Sendable {
  public struct Recipient: Sendable {
    public var name: String
    /// One line each; empty before the marketplace tells it.
    public var address: [String]
    public var place: String
    public var phone: String?
  }

  public struct Hold: Sendable {
    public var reason: String
    public var actor: String
    public var since: Timestamp
  }

  /// What was booked with a time.
  public struct Appointment: Sendable {
    public var startsAt: Timestamp
    public var endsAt: Timestamp
    /// Both on the clock of the business, which is named.
    public var local: String
  }

  public var marketplaceState: String?
  public var placedAt: Timestamp?
  public var acceptedAt: Timestamp?
  public var canCancelOutside: Bool
  public var recipient: Recipient?
  public var hold: Hold?
  public var appointment: Appointment?
  public var notes: String?
  public var label: StoredLabel?
  /// How often somebody opened the label to print it.
  public var prints: Int
}

struct ReadOrderDetail: PostgresStatement {
  static let sql = """
    select o.marketplace_state, o.placed_at,
      (select h.created_at from order_status_history h
        where h.order_id = o.order_id and h.status = 'accepted' order by history_id limit 1),
      coalesce(d.data ->> 'can_cancel' = 'true', false),
      coalesce(b.customer_name, nullif(trim(concat_ws(' ',
        coalesce(a.address ->> 'firstname', d.data #>> '{customer,firstname}'),
        coalesce(a.address ->> 'lastname', d.data #>> '{customer,lastname}'))), '')),
      array_remove(array[a.address ->> 'company', a.address ->> 'street_1',
        a.address ->> 'street_2'], null),
      concat_ws(' ', a.address ->> 'city', a.address ->> 'state', a.address ->> 'zip_code'),
      coalesce(b.customer_phone, a.address ->> 'phone', a.address ->> 'phone_secondary'),
      h.reason, h.actor, h.since, b.notes,
      s.label_pdf_path, s.label_sha256, s.label_bytes,
      (select count(*) from audit_trail t
        where t.subject = 'order:' || o.order_id and t.action = 'label.print'),
      t.starts_at, t.ends_at,
      to_char(t.starts_at at time zone z.time_zone, 'FMDD Mon YYYY, HH24:MI') || ' to '
        || to_char(t.ends_at at time zone z.time_zone, case
          when date_trunc('day', t.starts_at, z.time_zone)
            = date_trunc('day', t.ends_at, z.time_zone)
          then 'HH24:MI' else 'FMDD Mon YYYY, HH24:MI' end)
        || ' (' || z.time_zone || ')'
    from orders o
    left join bookings b using (order_id)
    left join booking_slots t on t.business_id = b.business_id and t.slot_id = b.slot_id
    left join businesses z on z.business_id = b.business_id
    left join order_holds h using (order_id)
    left join shipments s on s.order_id = o.order_id
      and s.status in ('label_created', 'tracking_updated')
    cross join lateral (select order_data(o) as data) d
    cross join lateral (
      select nullif(d.data #> '{customer,shipping_address}', 'null') as address) a
    where o.order_id = $1
    """
  let orderID: String
  func bind(_ b: inout PostgresBindings) { b.append(orderID) }

  static func row(_ r: PostgresRow) throws(PostgresError) -> OrderDetail {
    var detail = OrderDetail(
      marketplaceState: try r.stringOrNil(0), placedAt: try r.timestampOrNil(1),
      acceptedAt: try r.timestampOrNil(2), canCancelOutside: try r.bool(3),
      notes: try r.stringOrNil(11), prints: try r.int(15))
    if let name = try r.stringOrNil(4) {
      detail.recipient = OrderDetail.Recipient(
        name: name, address: try r.stringArrayOrNil(5)?.filter { !$0.isEmpty } ?? [],
        place: try r.stringOrNil(6) ?? "", phone: try r.stringOrNil(7))
    }
    if let reason = try r.stringOrNil(8) {
      detail.hold = OrderDetail.Hold(
        reason: reason, actor: try r.string(9), since: try r.timestamp(10))
    }
    if let startsAt = try r.timestampOrNil(16), let endsAt = try r.timestampOrNil(17) {
      detail.appointment = OrderDetail.Appointment(
        startsAt: startsAt, endsAt: endsAt, local: try r.string(18))
    }
    if let path = try r.stringOrNil(12), let sha256 = try r.stringOrNil(13) {
      detail.label = StoredLabel(
        orderID: "", path: path, sha256: sha256, bytes: Int(try r.int32OrNil(14) ?? 0))
    }
    return detail
  }
}

extension Ledger {
  /// `nil` when we do not know the order.
  public func detail(of orderID: String) async throws(PostgresError) -> OrderDetail? {
    try await pool.query(ReadOrderDetail(orderID: orderID), deadline: limits.queryDeadline).first
  }
}
