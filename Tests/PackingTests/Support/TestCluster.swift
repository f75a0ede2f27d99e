import ClusterStage
import Kit
import Ledger
import Postgres
import Synchronization
import Testing

/// Any query whose rows are one text.
struct Ask: PostgresStatement {
  static let sql = "select ask($1)"
  let query: String
  func bind(_ b: inout PostgresBindings) { b.append(query) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String? { try r.stringOrNil(0) }
}

/// One private PostgreSQL around the suites that need it, with a migrated database from which each test
/// gets a copy.
struct SharedCluster: SuiteTrait, TestScoping {
  @TaskLocal static var configuration: PostgresConfiguration?
  static let patience = Duration.seconds(60)
  private static let template = "template_packing"
  private static let names = Atomic(0)

  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    try await Self.around([:]) { try await function() }
  }

  /// A cluster around a body; `more` settings are for what others must not feel.
  static func around(
    _ more: [String: String], _ body: @Sendable () async throws -> Void
  ) async throws {
    let settings = ["fsync": "off", "max_connections": "200", "shared_buffers": "64MB"]
    let cluster = try await TestCluster.own(
      "quayside-packing", settings: settings.merging(more) { _, new in new })
    do {
      try await makeTemplate(cluster.configuration)
      try await $configuration.withValue(cluster.configuration) { try await body() }
      await cluster.close()
    } catch {
      await cluster.close()
      throw error
    }
  }

  private static func makeTemplate(_ configuration: PostgresConfiguration) async throws {
    try await administer(configuration, "create database \(template)")
    var template = configuration
    template.database = Self.template
    let connection = try await PostgresConnection.open(template, deadline: patience)
    _ = try await LedgerSchema.migrator.migrate(on: connection)
    try await connection.script(
      """
      create function ask(query text) returns setof text language plpgsql as
      $$ begin return query execute query; end $$;
      """, deadline: patience)
    await connection.close()
  }

  static func administer(_ configuration: PostgresConfiguration, _ sql: String) async throws {
    let connection = try await PostgresConnection.open(configuration, deadline: patience)
    let result = await Result(catching: { () async throws(PostgresError) in
      try await connection.script(sql, deadline: patience)
    })
    await connection.close()
    try result.get()
  }

  /// A database of its own for one test.
  static func database() async throws -> PostgresConfiguration {
    try await database(of: template)
  }

  /// As it was before the first migration.
  static func emptyDatabase() async throws -> PostgresConfiguration {
    try await database(of: "template1")
  }

  private static func database(of template: String) async throws -> PostgresConfiguration {
    let admin = try #require(configuration)
    var own = admin
    own.database = "packing_\(names.add(1, ordering: .relaxed).newValue)"
    try await administer(admin, "create database \(own.database) template \(template)")
    return own
  }
}

extension Trait where Self == SharedCluster {
  static var sharedCluster: Self { Self() }
}

extension Result where Failure == PostgresError {
  init(catching body: () async throws(PostgresError) -> Success) async {
    do throws(PostgresError) {
      self = .success(try await body())
    } catch {
      self = .failure(error)
    }
  }
}
