public import Effects
import Kit
public import Orders
public import Postgres

extension Ledger {
  /// Claims up to `limit` due effects of a lane for this worker, the most urgent first.
  public func claim(
    lane: String, upTo limit: Int, of deeds: Set<Deed>, lease: Lease
  ) async throws(PostgresError) -> [ClaimedEffect] {
    let begun = ContinuousClock.now
    let statement = ClaimEffects(now: clock(), lane: lane, limit: limit, deeds: deeds, lease: lease)
    do {
      var batch = PostgresBatch()
      _ = batch.add(ExpireLeases(now: clock()))
      let claimed = batch.add(statement)
      let rows = try await pool.run(batch, deadline: limits.queryDeadline)[claimed]
      return rows.map { $0.held(by: lease.id, until: begun + lease.duration) }
    } catch {
      noteTrouble(error)
      if error.commitMayHaveHappened { unheard.add(lease.id) }
      throw error
    }
  }

  /// How long until the next effect of these lanes is due; `nil` when nothing is waiting.
  public func untilNextDue(lanes: [String]) async throws(PostgresError) -> Duration? {
    let rows = try await pool.query(
      NextDue(lanes: lanes, now: clock()), deadline: limits.queryDeadline)
    guard let row = rows.first, let due = row.due else { return nil }
    return max(.zero, due.duration(since: row.now))
  }

  /// Effects of these kinds that somebody still has to move on: those due or under way, and with
  /// `waiting` also those that are due later.
  public func openEffects(
    of deeds: Set<Deed>, shops: [String], waiting: Bool
  ) async throws(PostgresError) -> Int {
    try await pool.query(
      CountOpenEffects(deeds: deeds, shops: shops, waiting: waiting, now: clock()),
      deadline: limits.queryDeadline
    ).first ?? 0
  }

  /// Takes over what a dead worker held, some leases at a time, so that work on the first begins while
  /// the last are given back. `begun` are the effects whose call it had begun to send.
  ///
  /// - Parameter freed: told how many effects came due, after each part.
  public func reclaim(
    from worker: String, begun: [Int64], freed: (Int) -> Void = { _ in }
  ) async throws(PostgresError) -> Int {
    var total = 0
    while true {
      let part = try await pool.query(
        ReclaimEffects(now: try await databaseNow(), worker: worker, begun: begun),
        deadline: limits.queryDeadline
      ).first
      guard let part, part.leases > 0 else { return total }
      total += part.effects
      freed(part.effects)
    }
  }

  /// Gives back what a living worker holds without knowing: a claim whose answer it never heard.
  /// Its lease is so near its end that no call can be begun under it any more, so what has not been
  /// begun never will be. What has been, `begun` tells once the time is known before which such leases end:
  /// however late the statement comes then, nothing under them can have been begun meanwhile.
  public func releaseUnsent(
    of worker: String, begun: () -> [Int64], endingWithin margin: Duration
  ) async throws(PostgresError) -> Int {
    let end = try await databaseNow() + margin
    let statement = ReleaseUnsent(now: clock(), worker: worker, begun: begun(), end: end)
    return try await pool.query(statement, deadline: limits.queryDeadline).count
  }

  /// Gives back at once what was claimed while the answer was lost, as when the database failed over
  /// just then, instead of when the lease runs out.
  public func releaseUnheard() async throws(PostgresError) -> Int {
    let leases = unheard.recent
    if leases.isEmpty { return 0 }
    return try await pool.query(
      ReleaseUnheard(now: clock(), leases: leases), deadline: limits.queryDeadline
    ).count
  }

  func databaseNow() async throws(PostgresError) -> Timestamp {
    if let now = clock() { return now }
    let rows = try await pool.query(ReadClock(now: nil), deadline: limits.queryDeadline)
    return rows.first ?? Timestamp.now()
  }
}
