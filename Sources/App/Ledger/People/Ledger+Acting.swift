import People
import Postgres

extension Ledger {
  /// One statement and the act that it is, in one transaction: neither is there without the other.
  ///
  /// - Parameter act: made of the statement's rows; `nil` where it changed nothing.
  /// - Throws: the `PostgresError` of either.
  func acting<Statement: PostgresStatement>(
    _ statement: Statement, _ act: ([Statement.Row]) -> Act?
  ) async throws -> [Statement.Row] {
    let deadline = limits.queryDeadline
    return try await pool.transaction(deadline: deadline) { connection in
      let rows = try await connection.query(statement, deadline: deadline)
      if let act = act(rows) {
        _ = try await connection.query(RecordActs([act]), deadline: deadline)
      }
      return rows
    }
  }
}
