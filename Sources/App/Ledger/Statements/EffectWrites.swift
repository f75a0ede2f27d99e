import Effects
import Kit
import Orders
import Postgres

struct InsertEffects: FreshStatement {
  static let sql = text(onConflict: "on conflict (subject, kind, ordinal) do nothing")
  static let freshSQL = text(onConflict: "")

  private static func text(onConflict: String) -> String {
    """
    with added as (
      insert into effects (kind, subject, ordinal, order_id, shop_id, lane, request_key, state,
        due_at, deadline, lease, worker, tries, created_at, updated_at)
      select kind, subject, ordinal, order_id, shop, lane, key,
        case when claimed then 'sending' else 'planned' end,
        $1 + make_interval(secs => wait / 1e6), deadline,
        case when claimed then $3::uuid end, case when claimed then $4 end,
        case when claimed then 1 else 0 end, $1, $1
      from unnest($5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::text[],
        $11::text[], $12::boolean[], $13::bigint[], $14::timestamptz[])
        as u (kind, subject, ordinal, order_id, shop, lane, key, claimed, wait, deadline)
      \(onConflict)
      returning effect_id, kind, subject, ordinal, state
    ), held as (
      insert into leases (lease, worker, expires_at, effects)
      select $3, $4, $1 + make_interval(secs => $2 / 1e6), array_agg(effect_id)
      from added where state = 'sending' having count(*) > 0
      on conflict (lease) do update set effects = leases.effects || excluded.effects
    )
    select * from added
    """
  }

  struct Row: Sendable {
    let effectID: Int64
    let kind: String
    let subject: String
    let ordinal: Int
    let isClaimed: Bool
  }
  let now: Timestamp
  let lease: Lease
  let plans: [PlannedEffect]

  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(lease.duration.microseconds)
    b.append(lease.id)
    b.append(lease.worker)
    b.append(plans.map(\.deed.rawValue))
    b.append(plans.map(\.subject))
    b.append(plans.map { Int64($0.ordinal) })
    b.append(plans.map(\.orderID))
    b.append(plans.map(\.shopID))
    b.append(plans.map { $0.deed.system.lane(shop: $0.shopID) })
    b.append(plans.map(\.requestKey))
    b.append(plans.map(\.isClaimed))
    b.append(plans.map { $0.after.microseconds })
    b.append(plans.map(\.deadline))
  }

  static func row(_ r: PostgresRow) throws(PostgresError) -> Row {
    Row(
      effectID: try r.int64(0), kind: try r.string(1), subject: try r.string(2),
      ordinal: try r.int(3), isClaimed: try r.string(4) == "sending")
  }
}

struct UpdateEffects: PostgresStatement {
  static let sql = """
    with written as (
      update effects e set state = u.state,
        due_at = case when u.wait is null then e.due_at
          else $1 + make_interval(secs => u.wait / 1e6) end,
        lease = case when u.keeps then e.lease end, worker = case when u.keeps then e.worker end,
        tries = case when u.resets then 0 else e.tries + u.again::int end,
        checks = case when u.resets or u.again then 0 else e.checks + u.checked::int end,
        sends = e.sends + u.sent::int, outcome = u.outcome, call_id = coalesce(u.call, e.call_id),
        updated_at = $1
      from unnest($3::bigint[], $4::text[], $5::bigint[], $6::boolean[], $7::boolean[],
        $8::boolean[], $9::boolean[], $10::text[], $11::uuid[], $12::uuid[], $13::boolean[])
        as u (id, state, wait, keeps, checked, sent, resets, outcome, call, lease, again)
      where e.effect_id = u.id and e.lease is not distinct from u.lease
      returning 1
    )
    select expect_rows(count(*), $2)::text from written
    """
  let now: Timestamp
  let updates: [EffectUpdate]
  /// The lease that each was under when it was read: an update that finds another is refused.
  let leases: [UUIDv7?]

  func bind(_ b: inout PostgresBindings) {
    let keeps = updates.map { $0.keepsLease && $0.state.isActive && $0.state != .planned }
    b.append(now)
    b.append(Int64(updates.count))
    b.append(updates.map(\.effectID))
    b.append(updates.map(\.state.rawValue))
    // Where nobody looks at it, due_at stays as it is, and no index is touched.
    b.append(
      zip(updates, keeps).map { update, keeps in
        update.state.isActive && !keeps ? update.after.microseconds : nil
      })
    b.append(keeps)
    b.append(updates.map(\.countsCheck))
    b.append(updates.map(\.countsSend))
    b.append(updates.map(\.resetsCounts))
    b.append(updates.map { Plain.text($0.outcome) })
    b.append(updates.map(\.callID))
    b.append(leases)
    b.append(updates.map(\.claimsAgain))
  }
}

/// What is planned for orders or labels that are off, and dies with them. What an earlier call may have bought
/// is looked for first; of a held order it would never come due.
struct CancelPlanned: PostgresStatement {
  static let sql = """
    update effects set state = 'cancelled', outcome = 'the order or its label is off', updated_at = $1
    where subject = any($2) and kind = any($3) and state = 'planned'
      and (kind <> 'buy_label' or sends = 0 or due_at > $1 + interval '1 year')
    """
  let now: Timestamp
  let orderIDs: [String]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(orderIDs)
    b.append(Deed.allCases.filter(\.diesWithTheOrder).map(\.rawValue))
  }
}

/// Gives back what was held under leases that have run out. A `sending` becomes `unknown`, since its
/// call may have happened.
struct ExpireLeases: PostgresStatement {
  static let sql = """
    with t as materialized (select coalesce($1::timestamptz, clock_timestamp()) as now),
    over as (
      delete from leases where lease = any(array(
        select lease from leases where expires_at <= (select now from t)
        order by expires_at limit 100 for update skip locked))
      returning lease, effects
    )
    update effects e set
      state = case e.state when 'sending' then 'unknown' else e.state end,
      sends = e.sends + (e.state = 'sending')::int, due_at = t.now, lease = null, worker = null,
      updated_at = t.now
    from t
    where e.effect_id = any(array(select unnest(effects) from over))
      and e.lease = any(array(select lease from over))
      and e.state in ('sending', 'verifying', 'unknown')
    """
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) { b.append(now) }
}

/// Claims what is due in one lane: the most urgent of a window of the longest due, skipping what
/// other workers hold. A second of waiting counts for ten thousand of the deadline: what has a late one
/// is overtaken for seconds, not as long as anything sooner comes.
///
/// Claiming is committing the intent: `planned` becomes `sending`, and the reads of its proof are
/// counted from there: what an earlier send was looked for says nothing about this one.
///
/// Rows are found by arrays of their keys and looked at without `is_waiting`: a plan made when little
/// was waiting would else read all that waits for every claim, one made when much was waiting the
/// whole table.
struct ClaimEffects: PostgresStatement {
  static let sql = """
    with t as materialized (select coalesce($1::timestamptz, clock_timestamp()) as now), due as (
      select e.effect_id from effects e
      where e.effect_id = any(array(
        select effect_id from effects
        where lane = $2 and due_at <= (select now from t) and kind = any($7) and is_waiting
        order by due_at limit $3 * 4))
        and e.lease is null and e.state in ('planned', 'sending', 'verifying', 'unknown')
      order by e.deadline - 10000 * ((select now from t) - e.due_at), e.effect_id limit $3
      for update of e skip locked
    ), claimed as (
      update effects e set
        state = case e.state when 'planned' then 'sending' when 'sending' then 'unknown'
          else e.state end,
        checks = case when e.state = 'planned' then 0 else e.checks end,
        lease = $4, worker = $5, tries = e.tries + 1, updated_at = t.now
      from t where e.effect_id = any(array(select effect_id from due))
      returning e.effect_id, e.kind, e.subject, e.order_id, e.shop_id, e.lane, e.request_key,
        e.state, e.tries, e.checks, e.sends, e.created_at, e.deadline
    ), held as (
      insert into leases (lease, worker, expires_at, effects)
      select $4, $5, max(t.now) + make_interval(secs => $6 / 1e6), array_agg(effect_id)
      from claimed, t having count(*) > 0
      on conflict (lease) do update set effects = leases.effects || excluded.effects,
        expires_at = greatest(leases.expires_at, excluded.expires_at)
    )
    select * from claimed order by deadline, effect_id
    """
  let now: Timestamp?
  let lane: String
  let limit: Int
  let deeds: Set<Deed>
  let lease: Lease

  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(lane)
    b.append(Int64(limit))
    b.append(lease.id)
    b.append(lease.worker)
    b.append(lease.duration.microseconds)
    b.append(deeds.map(\.rawValue).sorted())
  }

  static func row(_ r: PostgresRow) throws(PostgresError) -> ClaimedEffect {
    ClaimedEffect(
      effectID: try r.int64(0), kind: try r.string(1), subject: try r.string(2),
      orderID: try r.stringOrNil(3), shopID: try r.string(4), lane: try r.string(5),
      requestKey: try r.string(6), state: EffectState(rawValue: try r.string(7)) ?? .unknown,
      tries: try r.int(8), checks: try r.int(9), sends: try r.int(10),
      createdAt: try r.timestamp(11), deadline: try r.timestamp(12), lease: UUIDv7.zero,
      leaseEnds: ContinuousClock.now)
  }
}

struct NextDue: PostgresStatement {
  static let sql = """
    select coalesce($2::timestamptz, clock_timestamp()), (
      select min(m) from unnest($1::text[]) l, lateral (
        select min(due_at) m from effects where lane = l and is_waiting) x)
    """
  let lanes: [String]
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(lanes)
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (now: Timestamp, due: Timestamp?) {
    (try r.timestamp(0), try r.timestampOrNil(1))
  }
}

/// A dead worker's effects, of up to `leasesMax` leases: those whose send was never begun go back to
/// `planned` (nothing was sent), the rest come due now and will be looked up.
struct ReclaimEffects: PostgresStatement {
  static let leasesMax = 20
  static let sql = """
    with over as (
      delete from leases where lease = any(array(
        select lease from leases where worker = $2 limit $4 for update))
      returning lease, effects
    ), freed as (
      update effects e set
        state = case e.state
          when 'sending' then
            case when e.effect_id in (select unnest($3::bigint[])) then 'unknown' else 'planned' end
          else e.state end,
        sends = e.sends
          + (e.state = 'sending' and e.effect_id in (select unnest($3::bigint[])))::int,
        due_at = $1, lease = null, worker = null, updated_at = $1,
        outcome = 'worker ended; taken over'
      where e.effect_id = any(array(select unnest(effects) from over))
        and e.lease = any(array(select lease from over))
        and e.state in ('sending', 'verifying', 'unknown')
      returning e.effect_id
    )
    select (select count(*) from over), (select count(*) from freed)
    """
  let now: Timestamp
  let worker: String
  let begun: [Int64]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(worker)
    b.append(begun)
    b.append(Int64(Self.leasesMax))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (leases: Int, effects: Int) {
    (try r.int(0), try r.int(1))
  }
}

struct ReleaseUnsent: PostgresStatement {
  static let sql = """
    with t as materialized (select coalesce($1::timestamptz, clock_timestamp()) as now)
    update effects e set state = 'planned', due_at = t.now, lease = null, worker = null,
      updated_at = t.now, outcome = 'never sent; taken up again'
    from t, leases l, unnest(l.effects) as held (id)
    where l.worker = $3 and l.expires_at <= $2
      and e.effect_id = held.id and e.lease = l.lease
      and e.state = 'sending' and e.effect_id <> all($4::bigint[])
    returning e.effect_id
    """
  let now: Timestamp?
  let worker: String
  let begun: [Int64]
  /// The leases end before it.
  let end: Timestamp
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(end)
    b.append(worker)
    b.append(begun)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// What was claimed under leases that nobody heard of, so that nobody can have begun it.
struct ReleaseUnheard: PostgresStatement {
  static let sql = """
    with t as materialized (select coalesce($1::timestamptz, clock_timestamp()) as now),
      over as (delete from leases where lease = any($2) returning lease, effects)
    update effects e set
      state = case e.state when 'sending' then 'planned' else e.state end,
      outcome = case e.state when 'sending' then 'never sent; taken up again' else e.outcome end,
      due_at = t.now, lease = null, worker = null, updated_at = t.now
    from t
    where e.effect_id = any(array(select unnest(effects) from over))
      and e.lease = any(array(select lease from over))
      and e.state in ('sending', 'verifying', 'unknown')
    returning e.effect_id
    """
  let now: Timestamp?
  let leases: [UUIDv7]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(leases)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// Those of orders that a person holds wait for nobody but them: they are due in years.
struct CountOpenEffects: PostgresStatement {
  static let sql = """
    select count(*) from open_effects
    where not is_for_people and kind = any($1) and shop_id = any($2)
      and due_at < coalesce($4::timestamptz, clock_timestamp()) + interval '1 year'
      and ($3 or lease is not null or due_at <= coalesce($4::timestamptz, clock_timestamp()))
    """
  let deeds: Set<Deed>
  let shops: [String]
  let waiting: Bool
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(deeds.map(\.rawValue).sorted())
    b.append(shops)
    b.append(waiting)
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}
