import Kit
import Ledger
import Postgres
import Synchronization
import Testing

/// Any query whose rows are one text.
struct Ask: PostgresStatement {
  static let sql = "select * from testing.ask($1)"
  let query: String
  func bind(_ b: inout PostgresBindings) { b.append(query) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String? { try r.stringOrNil(0) }
}

/// A test's own database, to be looked at and disturbed past the ledger.
struct Database: Sendable {
  /// In a schema of its own, beside what is tested.
  static let asking = """
    create schema testing;
    create function testing.ask(query text) returns setof text language plpgsql as
      $$ begin return query execute query; end $$
    """
  static let names = Atomic(0)

  let configuration: PostgresConfiguration
  let admin: PostgresConfiguration
  let connection: PostgresConnection

  /// - Parameter isMigrated: a copy of the template; else an empty one.
  static func make(isMigrated: Bool = true) async throws -> Database {
    let admin = try #require(SharedCluster.configuration)
    var configuration = admin
    configuration.database = "test_\(names.add(1, ordering: .relaxed).newValue)"
    let connection = try await PostgresConnection.open(admin, deadline: LedgerTests.patience)
    let template = isMigrated ? SharedCluster.template : "template0"
    try await connection.script(
      "create database \(configuration.database) template \(template)",
      deadline: LedgerTests.patience)
    await connection.close()
    return Database(
      configuration: configuration, admin: admin, connection: try await open(configuration))
  }

  static func open(_ configuration: PostgresConfiguration) async throws -> PostgresConnection {
    try await PostgresConnection.open(configuration, deadline: LedgerTests.patience)
  }

  func another() async throws -> PostgresConnection { try await Self.open(configuration) }

  func run(_ sql: String) async throws {
    try await connection.script(sql, deadline: LedgerTests.patience)
  }

  func rows(_ query: String) async throws -> [String] {
    try await connection.query(Ask(query: query), deadline: LedgerTests.patience)
      .map { $0 ?? "null" }
  }

  func one(_ query: String) async throws -> String { try await rows(query).first ?? "no row" }

  /// The SQLSTATE with which the database refuses, `nil` when it does not.
  func refusal(_ sql: String) async throws -> String? {
    do {
      try await connection.script(sql, deadline: LedgerTests.patience)
      return nil
    } catch {
      return error.sqlState ?? error.debugDescription
    }
  }
}

/// Waits for something that has no signal of its own.
func eventually(
  within patience: Duration = .seconds(20), _ isSo: () async throws -> Bool
) async throws -> Bool {
  let ends = ContinuousClock.now + patience
  while ContinuousClock.now < ends {
    if try await isSo() { return true }
    try await Task.sleep(for: .milliseconds(5))
  }
  return false
}
