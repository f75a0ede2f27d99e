import Booking
import Effects
import Kit
import Postgres

/// Businesses' lanes in which something is due.
struct DueTailLanes: PostgresStatement {
  static let sql = """
    select k.lane from businesses b,
      lateral (values ('sheets:' || b.business_id), ('push:' || b.business_id)) as k (lane)
    where exists (
        select from effects e where e.lane = k.lane and e.is_waiting
          and e.due_at <= coalesce($1::timestamptz, clock_timestamp()))
      and not exists (select from leases l where l.lane = k.lane
        and l.expires_at > coalesce($1::timestamptz, clock_timestamp()))
    """
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) { b.append(now) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

/// Only one at a time asks for a lane: who comes next sees what the one before it did.
struct LockLane: PostgresStatement {
  static let sql = "select pg_advisory_xact_lock(hashtextextended($1, 0))::text"
  let lane: String
  func bind(_ b: inout PostgresBindings) { b.append(lane) }
}

/// Claims what is due in a lane that nobody holds, and the lane with it. What may have been done by
/// somebody who is gone waits until it would have landed.
struct ClaimTail: PostgresStatement {
  static let sql = """
    with t as materialized (select coalesce($1::timestamptz, clock_timestamp()) as now), due as (
      select e.effect_id from effects e
      where e.lane = $2 and e.is_waiting and e.due_at <= (select now from t)
        and (e.state <> 'unknown'
          or e.updated_at <= (select now from t) - make_interval(secs => $7 / 1e6))
        and not exists (select from leases l where l.lane = $2)
      order by e.due_at, e.effect_id limit $3
      for update of e skip locked
    ), claimed as (
      update effects e set
        state = case e.state when 'planned' then 'sending' when 'sending' then 'unknown'
          else e.state end,
        lease = $4, worker = $5, tries = e.tries + 1, updated_at = t.now
      from t where e.effect_id = any(array(select effect_id from due))
      returning e.effect_id, e.kind, e.subject, e.shop_id, e.ordinal, e.state, e.sends,
        e.correlation_id
    ), held as (
      insert into leases (lease, worker, expires_at, effects, lane)
      select $4, $5, max(t.now) + make_interval(secs => $6 / 1e6), array_agg(effect_id), $2
      from claimed, t having count(*) > 0
    )
    select * from claimed
    """
  let now: Timestamp?
  let lane: String
  let limit: Int
  let lease: Lease
  let settles: Duration

  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(lane)
    b.append(Int64(limit))
    b.append(lease.id)
    b.append(lease.worker)
    b.append(lease.duration.microseconds)
    b.append(settles.microseconds)
  }

  static func row(_ r: PostgresRow) throws(PostgresError) -> TailEffect? {
    guard let kind = BookingEffect(rawValue: try r.string(1)) else { return nil }
    return TailEffect(
      effectID: try r.int64(0), kind: kind, orderID: try r.string(2), businessID: try r.string(3),
      version: try r.int(4), state: EffectState(rawValue: try r.string(5)) ?? .unknown,
      sends: try r.int(6), correlationID: try r.stringOrNil(7))
  }
}

/// Holds a lane in which nothing is claimed: for a sweep.
struct HoldLane: PostgresStatement {
  static let sql = """
    insert into leases (lease, worker, expires_at, effects, lane)
    select $2, $3, coalesce($5::timestamptz, clock_timestamp()) + make_interval(secs => $4 / 1e6),
      '{}', $1
    where not exists (select from leases l where l.lane = $1)
    returning lane
    """
  let lane: String
  let lease: Lease
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(lane)
    b.append(lease.id)
    b.append(lease.worker)
    b.append(lease.duration.microseconds)
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

struct DropLease: PostgresStatement {
  static let sql = "delete from leases where lease = $1"
  let lease: UUIDv7
  func bind(_ b: inout PostgresBindings) { b.append(lease) }
}

/// Writes outcomes of what is still held under the lease; what is not is somebody else's by now.
struct SettleTail: PostgresStatement {
  static let sql = """
    update effects e set state = u.state,
      due_at = case when u.wait is null then e.due_at
        else $1 + make_interval(secs => u.wait / 1e6) end,
      lease = null, worker = null, sends = e.sends + u.tried::int, outcome = u.outcome,
      updated_at = $1
    from unnest($3::bigint[], $4::text[], $5::bigint[], $6::boolean[], $7::text[])
      as u (id, state, wait, tried, outcome)
    where e.effect_id = u.id and e.lease = $2
    returning e.effect_id
    """
  let now: Timestamp
  let lease: UUIDv7
  let settlements: [TailSettlement]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(lease)
    b.append(settlements.map(\.effectID))
    b.append(settlements.map(\.state.rawValue))
    b.append(settlements.map { $0.after.map(\.microseconds) })
    b.append(settlements.map(\.wasTried))
    b.append(settlements.map { Plain.text($0.outcome) })
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// Bookings as they are now, whichever business they are of.
struct ReadBookingsByID: PostgresStatement {
  static let sql = ReadBookings.columns + " where b.order_id = any($1)"
  let orderIDs: [String]
  func bind(_ b: inout PostgresBindings) { b.append(orderIDs) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> BookedOrder {
    try ReadBookings.row(r)
  }
}

/// The bookings that a sweep looks after: what changed lately, the newest first.
struct ReadChangedBookings: PostgresStatement {
  static let sql =
    ReadBookings.columns + """
       where b.business_id = $1
        and b.updated_at >= coalesce($2::timestamptz, clock_timestamp())
          - make_interval(secs => $3 / 1e6)
        -- Nothing waits for it: what does will be written anyway.
        and not exists (select from effects e where e.subject = b.order_id
          and e.kind = 'sync_sheet' and e.state not in ('confirmed', 'cancelled'))
      order by b.created_at desc, b.order_id desc limit $4
      """
  let businessID: String
  let now: Timestamp?
  let back: Duration
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(businessID)
    b.append(now)
    b.append(back.microseconds)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> BookedOrder {
    try ReadBookings.row(r)
  }
}

struct CountOpenTail: PostgresStatement {
  static let sql = """
    select count(*) from open_effects
    where not is_for_people and kind = any($1)
      and ($2 or lease is not null or due_at <= coalesce($3::timestamptz, clock_timestamp()))
    """
  let waiting: Bool
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(BookingEffect.allCases.map(\.rawValue))
    b.append(waiting)
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}

/// Sets going again what waits for a person; its tries begin anew.
struct RetryTail: PostgresStatement {
  static let sql = """
    update effects set state = 'planned', tries = 0, checks = 0, sends = 0,
      due_at = coalesce($4::timestamptz, clock_timestamp()),
      updated_at = coalesce($4::timestamptz, clock_timestamp()), outcome = $3
    where subject = $1 and kind = any($2) and state in ('needs_person', 'refused')
    returning kind
    """
  let orderID: String
  let actor: String
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(orderID)
    b.append(BookingEffect.allCases.map(\.rawValue))
    b.append("set going again by \(actor)")
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}
