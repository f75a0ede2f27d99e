import Postgres

/// Whoever a test wants to meet at a lock did not come there.
struct NobodyWaited: Error {}

extension House {
  /// Statements that no ledger has: what goes wrong around it.
  func script(_ sql: String) async throws {
    try await pool.withConnection(deadline: .seconds(60)) {
      (connection) async throws(PostgresError) in
      try await connection.script(sql, deadline: .seconds(30))
    }
  }

  /// Waits, within a bound, until so many statements of this database wait for a lock.
  ///
  /// - Throws: `NobodyWaited` when fewer came.
  func untilWaiting(_ count: Int) async throws {
    let ends = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < ends {
      let waiting = try await self.count(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
          + " and datname = current_database()")
      if waiting >= count { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw NobodyWaited()
  }

  /// Waits, within a bound, until a statement of this database waits for a lock, or until `isThrough`
  /// counts something.
  ///
  /// - Throws: `NobodyWaited` when neither came.
  func untilSomebodyWaits(or isThrough: String = "select 0") async throws {
    let ends = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < ends {
      let waiting = try await count(
        "select (select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
          + " and datname = current_database()) + (\(isThrough))")
      if waiting > 0 { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw NobodyWaited()
  }
}
