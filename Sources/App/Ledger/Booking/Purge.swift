import Booking
import Kit
public import Postgres

/// Keys that are past their 48 hours: the same key would be a new one.
struct PurgeKeys: PostgresStatement {
  static let sql = """
    delete from idempotency_keys where ctid = any(array(
      select ctid from idempotency_keys
      where created_at <= coalesce($1::timestamptz, clock_timestamp())
        - make_interval(secs => $2 / 1e6)
      limit $3 for update skip locked))
    """
  let now: Timestamp?
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(StoredKey.life.microseconds)
    b.append(limit)
  }
}

/// Drafts that were never booked and expired long ago, with their questions and approvals. Booked ones
/// are evidence and stay, as does the list of what was asked for.
struct PurgeDrafts: PostgresStatement {
  static let sql = """
    with old as materialized (
      select draft_id from booking_drafts
      where order_id is null and expires_at <= coalesce($1::timestamptz, clock_timestamp())
        - make_interval(secs => $2 / 1e6)
      order by expires_at limit $3 for update skip locked
    ), questions as (
      delete from booking_confirmations where draft_id in (select draft_id from old) returning 1
    ), approvals as (
      delete from booking_approvals where draft_id in (select draft_id from old) returning 1
    )
    delete from booking_drafts d
    where d.draft_id in (select draft_id from old)
      and (select count(*) from questions) >= 0 and (select count(*) from approvals) >= 0
    """
  let now: Timestamp?
  let keep: Duration
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(keep.microseconds)
    b.append(limit)
  }
}

extension Ledger {
  /// Removes keys that are past their life, up to `limit`.
  /// - Returns: how many.
  public func purgeKeys(upTo limit: Int) async throws(PostgresError) -> Int {
    var batch = PostgresBatch()
    let done = batch.add(PurgeKeys(now: clock(), limit: limit))
    return try await pool.run(batch, deadline: limits.queryDeadline).affected(done)
  }

  /// Removes drafts that were never booked and expired longer than `keep` ago, up to `limit`.
  /// - Returns: how many.
  public func purgeDrafts(
    expiredFor keep: Duration, upTo limit: Int
  ) async throws(PostgresError) -> Int {
    var batch = PostgresBatch()
    let done = batch.add(PurgeDrafts(now: clock(), keep: keep, limit: limit))
    return try await pool.run(batch, deadline: limits.queryDeadline).affected(done)
  }
}
