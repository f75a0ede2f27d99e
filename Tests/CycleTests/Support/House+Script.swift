import Postgres

extension House {
  /// Statements that no ledger has: what goes wrong around it.
  func script(_ sql: String) async throws {
    try await pool.withConnection(deadline: .seconds(10)) {
      (connection) async throws(PostgresError) in
      try await connection.script(sql, deadline: .seconds(30))
    }
  }
}
