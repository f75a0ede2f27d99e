public import Booking
public import Kit
public import Postgres

/// What follows bookings: claimed a lane at a time, settled a batch at a time.
extension Ledger {
  /// Lanes with something due that nobody holds.
  public func dueTailLanes() async throws(PostgresError) -> [String] {
    try await pool.query(DueTailLanes(now: clock()), deadline: limits.queryDeadline)
  }

  /// Claims up to `limit` due effects of a lane, and the lane for as long as the lease lasts.
  ///
  /// - Parameter settles: what may have been done by somebody who is gone waits for so long.
  /// - Returns: nothing when somebody else holds the lane.
  public func claimTail(
    lane: String, upTo limit: Int, lease: Lease, settles: Duration
  ) async throws(PostgresError) -> [TailEffect] {
    var batch = PostgresBatch()
    _ = batch.add(ExpireLeases(now: clock()))
    _ = batch.add(LockLane(lane: lane))
    let claimed = batch.add(
      ClaimTail(now: clock(), lane: lane, limit: limit, lease: lease, settles: settles))
    do throws(PostgresError) {
      return try await pool.run(batch, deadline: limits.queryDeadline)[claimed].compactMap(\.self)
    } catch {
      noteTrouble(error)
      if error.commitMayHaveHappened { unheard.add(lease.id) }
      throw error
    }
  }

  /// Holds a lane without claiming anything in it.
  /// - Returns: whether nobody else holds it.
  public func hold(lane: String, lease: Lease) async throws(PostgresError) -> Bool {
    var batch = PostgresBatch()
    _ = batch.add(ExpireLeases(now: clock()))
    _ = batch.add(LockLane(lane: lane))
    let held = batch.add(HoldLane(lane: lane, lease: lease, now: clock()))
    return try await !pool.run(batch, deadline: limits.queryDeadline)[held].isEmpty
  }

  /// Lets the lane go and keeps what was called meanwhile.
  public func release(_ lease: UUIDv7, calls: [CallRecord]) async throws(PostgresError) {
    var batch = PostgresBatch()
    add(calls: calls, to: &batch)
    _ = batch.add(DropLease(lease: lease))
    _ = try await pool.run(batch, deadline: limits.queryDeadline)
  }

  /// Keeps outside calls that are no one effect's: those for tokens.
  public func keep(_ calls: [CallRecord]) async throws(PostgresError) {
    guard !calls.isEmpty else { return }
    var batch = PostgresBatch()
    add(calls: calls, to: &batch)
    _ = try await pool.run(batch, deadline: limits.queryDeadline)
  }

  /// Stores what became of a claimed batch, with its calls, and lets the lane go. Tried again for as long
  /// as `limits.changePatience`; whoever's lease is gone writes nothing but the calls.
  ///
  /// - Returns: the effects that were written.
  public func settleTail(
    _ settlements: [TailSettlement], calls: [CallRecord], lease: UUIDv7
  ) async throws(PostgresError) -> Set<Int64> {
    let ends = ContinuousClock.now + limits.changePatience
    var delay = Duration.milliseconds(20)
    while true {
      do throws(PostgresError) {
        return try await settleOnce(settlements, calls, lease)
      } catch {
        noteTrouble(error)
        guard error.isWorthRepeating, ContinuousClock.now < ends else { throw error }
        try? await Task.sleep(for: delay)
        delay = min(delay * 2, .seconds(1))
      }
    }
  }

  private func settleOnce(
    _ settlements: [TailSettlement], _ calls: [CallRecord], _ lease: UUIDv7
  ) async throws(PostgresError) -> Set<Int64> {
    let deadline = limits.queryDeadline
    let sorted = settlements.sorted { $0.effectID < $1.effectID }
    return try await pool.withConnection(deadline: deadline) {
      (connection) async throws(PostgresError) -> Set<Int64> in
      do throws(PostgresError) {
        var clock = PostgresBatch()
        _ = clock.add(Begin())
        let moment = clock.add(ReadClock(now: self.clock()))
        let now = try await connection.run(clock, deadline: deadline)[moment].first ?? .now()
        var batch = PostgresBatch()
        let written = batch.add(SettleTail(now: now, lease: lease, settlements: sorted))
        let ids = Set(try await connection.run(batch, deadline: deadline)[written])
        var rest = PostgresBatch()
        add(calls: calls, to: &rest)
        let failures = sorted.filter { ids.contains($0.effectID) }.compactMap(\.failure)
        if !failures.isEmpty { _ = rest.add(InsertFailures(now: now, failures: failures)) }
        _ = rest.add(DropLease(lease: lease))
        _ = rest.add(Commit())
        _ = try await connection.run(rest, deadline: deadline)
        return ids
      } catch {
        try? await connection.script("rollback", deadline: deadline)
        throw error
      }
    }
  }

  public func bookings(ids: [String]) async throws(PostgresError) -> [BookedOrder] {
    try await pool.query(ReadBookingsByID(orderIDs: ids), deadline: limits.queryDeadline)
  }

  /// Bookings that changed within `back` and for which nothing waits, the newest first.
  public func settledBookings(
    of businessID: String, changedWithin back: Duration, limit: Int
  ) async throws(PostgresError) -> [BookedOrder] {
    try await pool.query(
      ReadChangedBookings(businessID: businessID, now: clock(), back: back, limit: limit),
      deadline: limits.queryDeadline)
  }

  /// What follows bookings and somebody still has to move on; with `waiting` also what is due later.
  public func openTail(waiting: Bool) async throws(PostgresError) -> Int {
    try await pool.query(
      CountOpenTail(waiting: waiting, now: clock()), deadline: limits.queryDeadline
    ).first ?? 0
  }

  /// - Returns: the kinds that were set going again.
  public func retryTail(of orderID: String, by actor: String) async throws(PostgresError)
    -> [String]
  {
    try await pool.query(
      RetryTail(orderID: orderID, actor: actor, now: clock()), deadline: limits.queryDeadline)
  }
}
