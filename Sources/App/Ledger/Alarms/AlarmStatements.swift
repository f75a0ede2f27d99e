import Kit
import Postgres

/// What gives cause for an alarm at this moment, as a query of `kind, subject, shop_id, deadline, reason`.
/// It takes four parameters: the time, and three durations in microseconds.
private enum Causes {
  static let sql = """
    with moment as (
      select coalesce($1::timestamptz, clock_timestamp()) as now,
        make_interval(secs => $2::bigint / 1e6) as before,
        make_interval(secs => $3::bigint / 1e6) as kept_back,
        make_interval(secs => $4::bigint / 1e6) as stuck
    ), cause as materialized (
      select 'kept_back' as kind, o.order_id as subject, o.shop_id, o.accept_by as deadline,
        o.parked_reason as reason
      from orders o, moment m
      where o.is_open and o.channel = 'marketplace' and o.status = 'parked'
        and coalesce(o.marketplace_state, '') <> 'STAGING' and o.status_since < m.now - m.kept_back
      union all
      select 'accept_by', o.order_id, o.shop_id, o.accept_by, o.parked_reason
      from orders o, moment m
      where o.is_open and o.channel = 'marketplace'
        and o.status in ('received', 'parked', 'pending_acceptance', 'acceptance_failed')
        and coalesce(o.marketplace_state, '') <> 'STAGING' and o.accept_by < m.now
          + least(m.before, (o.accept_by - coalesce(o.placed_at, o.created_at)) / 3)
      union all
      select 'ship_by', o.order_id, o.shop_id, o.ship_by, null
      from orders o, moment m
      where o.is_open and o.channel = 'marketplace' and o.status in ('accepted', 'label_created')
        and o.ship_by < m.now
          + least(m.before, (o.ship_by - coalesce(o.placed_at, o.created_at)) / 3)
      union all
      select 'answer_by', c.id::text, coalesce(c.shop_id, ''), c.answer_by, c.customer_name
      from conversations c, moment m
      where c.answer_by < m.now + least(m.before, c.answer_within / 3)
      union all
      select 'standstill', e.lane, e.shop_id, null,
        count(*) || ' effects, ' || (array_agg(e.kind || ' of ' || e.subject
          || coalesce(': ' || e.outcome, '') order by e.effect_id))[1]
      from open_effects e, moment m
      where e.created_at < m.now - m.stuck and e.due_at < m.now + interval '1 day'
        and (e.state in ('planned', 'sending') and e.tries >= 3
          or e.state in ('verifying', 'unknown') and e.tries >= 12)
      group by e.lane, e.shop_id
      union all
      select 'pull', p.shop_id || '/' || p.walk, p.shop_id, null, p.last_problem
      from pull_cursors p, moment m
      where p.last_problem is not null and p.problem_since < m.now - m.stuck
        and p.failed_at > m.now - interval '3 hours'
    )
    """

  static func bind(_ now: Timestamp?, _ limits: AlarmLimits, _ b: inout PostgresBindings) {
    b.append(now)
    b.append(limits.before.microseconds)
    b.append(limits.keptBack.microseconds)
    b.append(limits.stuck.microseconds)
  }
}

/// Those of which nobody was told, the most urgent first.
struct FindAlarms: PostgresStatement {
  static let sql =
    Causes.sql + """
      select c.kind, c.subject, c.shop_id, c.deadline, c.reason from cause c
      where not exists (select from alarms a where a.kind = c.kind and a.subject = c.subject)
      order by c.deadline nulls last, c.subject limit $5
      """
  let now: Timestamp?
  let alarms: AlarmLimits
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    Causes.bind(now, alarms, &b)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Alarm {
    Alarm(
      kind: Alarm.Kind(rawValue: try r.string(0)) ?? .standstill, subject: try r.string(1),
      shopID: try r.string(2), deadline: try r.timestampOrNil(3), reason: try r.stringOrNil(4))
  }
}

/// Taken by a statement of its own: what follows sees what another process raised before.
struct LockAlarms: PostgresStatement {
  static let sql = "select pg_advisory_xact_lock(7126023)::text"
}

/// Forgets those whose cause is gone; a failure with nothing left is resolved.
struct EndAlarms: PostgresStatement {
  static let sql =
    Causes.sql + """
      , over as (
        delete from alarms a
        where not exists (select from cause c where c.kind = a.kind and c.subject = a.subject)
        returning a.kind, a.subject, a.failure_id
      )
      update process_failures f set resolved_at = m.now, resolved_by = '\(HistoryEntry.ourselves)'
      from moment m
      where f.failure_id in (select failure_id from over) and f.resolved_at is null
        and not exists (
          select from alarms a where a.failure_id = f.failure_id and not exists (
            select from over o where o.kind = a.kind and o.subject = a.subject))
      """
  let now: Timestamp?
  let alarms: AlarmLimits
  func bind(_ b: inout PostgresBindings) { Causes.bind(now, alarms, &b) }
}

/// Writes those down that nobody else has raised meanwhile, with a failure for each group.
struct RaiseAlarms: PostgresStatement {
  static let sql = """
    with moment as (
      select coalesce($1::timestamptz, clock_timestamp()) as now
    ), fresh as (
      select u.* from unnest($2::text[], $3::text[], $4::text[]) as u (kind, subject, key)
      where not exists (select from alarms a where a.kind = u.kind and a.subject = u.subject)
    ), told as (
      insert into process_failures (process_name, order_id, details, correlation_id, created_at)
      select u.process, u.o, u.details, u.key, m.now
      from unnest($5::text[], $6::text[], $7::text[], $8::text[]) as u (process, o, details, key),
        moment m
      where u.key in (select key from fresh)
      returning failure_id, correlation_id
    ), written as (
      insert into alarms (kind, subject, failure_id, raised_at)
      select f.kind, f.subject, t.failure_id, m.now
      from fresh f join told t on t.correlation_id = f.key, moment m
    )
    select correlation_id from told
    """
  let now: Timestamp?
  let groups: [AlarmGroup]
  func bind(_ b: inout PostgresBindings) {
    let alarms = groups.flatMap { group in group.alarms.map { (alarm: $0, key: group.key) } }
    let failures = groups.map(\.failure)
    b.append(now)
    b.append(alarms.map(\.alarm.kind.rawValue))
    b.append(alarms.map(\.alarm.subject))
    b.append(alarms.map(\.key))
    b.append(failures.map(\.processName))
    b.append(failures.map(\.orderID))
    b.append(failures.map { Plain.text($0.details) })
    b.append(groups.map(\.key))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}
