import Kit
import Ledger
import Postgres

extension Installation {
  /// Empties the database and lays the schema anew: only for databases of a show or a measurement,
  /// which live in private clusters of their own.
  func beginAnew() async throws {
    precondition(cluster != nil && settings.database.isEmpty, "only ever in a private cluster")
    let connection = try await PostgresConnection.open(configuration, deadline: .seconds(30))
    try await connection.script(
      "drop schema public cascade; create schema public", deadline: .seconds(60))
    _ = try await LedgerSchema.migrator.migrate(on: connection)
  }
}
