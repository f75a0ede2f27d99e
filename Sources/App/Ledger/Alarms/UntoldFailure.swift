import Kit
import Postgres

/// A failure of which people are still to be told.
public struct UntoldFailure: Sendable {
  public var failureID: Int64
  public var failure: ProcessFailure
}

/// After a day nobody is told any more: whoever looks finds it among the open failures.
struct TakeUntoldFailure: PostgresStatement {
  static let sql = """
    with moment as (
      select coalesce($1::timestamptz, clock_timestamp()) as now
    ), next as (
      select f.failure_id from process_failures f, moment m
      where f.notified_at is null and f.resolved_at is null
        and f.created_at > m.now - interval '1 day'
        and coalesce(f.notify_after, '-infinity') <= m.now
      order by f.failure_id limit 1 for update of f skip locked
    )
    update process_failures f set notify_tries = f.notify_tries + 1,
      notify_after = m.now + least(f.notify_tries + 1, 6) * interval '90 seconds'
    from next, moment m where f.failure_id = next.failure_id
    returning f.failure_id, f.process_name, f.order_id, f.effect_id, f.details, f.correlation_id
    """
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) { b.append(now) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> UntoldFailure {
    UntoldFailure(
      failureID: try r.int64(0),
      failure: ProcessFailure(
        processName: try r.string(1), orderID: try r.stringOrNil(2), effectID: try r.int64OrNil(3),
        details: try r.string(4), correlationID: try r.stringOrNil(5)))
  }
}

struct MarkToldFailure: PostgresStatement {
  static let sql = """
    update process_failures set notified_at = coalesce($1::timestamptz, clock_timestamp())
    where failure_id = $2
    """
  let now: Timestamp?
  let failureID: Int64
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(failureID)
  }
}
