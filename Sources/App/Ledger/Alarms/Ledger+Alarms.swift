import Kit
public import Postgres

extension Ledger {
  /// Looked at in one pass; what is more comes with the next.
  static let alarmsMax = 1_000

  /// Raises what gives cause for an alarm and was not told of, and ends what no longer does.
  /// - Returns: what people are to be told; it is written down already.
  public func raiseAlarms(_ alarms: AlarmLimits) async throws(PostgresError) -> [ProcessFailure] {
    var ending = PostgresBatch()
    _ = ending.add(LockAlarms())
    _ = ending.add(EndAlarms(now: clock(), alarms: alarms))
    _ = try await pool.run(ending, deadline: limits.wideDeadline)
    let found = try await pool.query(
      FindAlarms(now: clock(), alarms: alarms, limit: Self.alarmsMax),
      deadline: limits.wideDeadline)
    guard !found.isEmpty else { return [] }
    let groups = AlarmGroup.groups(of: found)
    var raising = PostgresBatch()
    _ = raising.add(LockAlarms())
    let key = raising.add(RaiseAlarms(now: clock(), groups: groups))
    let raised = Set(try await pool.run(raising, deadline: limits.wideDeadline)[key])
    return groups.filter { raised.contains($0.key) }.map(\.failure)
  }

  /// The oldest failure that people's own program was not told of, taken for as long as the program may
  /// take; whoever ends before `wasTold` has it tried again.
  public func takeUntold() async throws(PostgresError) -> UntoldFailure? {
    try await pool.query(TakeUntoldFailure(now: clock()), deadline: limits.queryDeadline).first
  }

  public func wasTold(_ failure: UntoldFailure) async throws(PostgresError) {
    _ = try await pool.query(
      MarkToldFailure(now: clock(), failureID: failure.failureID), deadline: limits.queryDeadline)
  }
}
