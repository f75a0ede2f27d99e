import ClusterStage
import Kit
import Ledger
import Postgres
import Testing

/// The parent of all suites: one private cluster for the run, a database for each test.
@Suite(.sharedCluster)
enum LedgerTests {
  /// Long enough for a busy machine; a test that needs it has failed.
  static let patience = Duration.seconds(30)
}

/// Opens a cluster with a migrated template around the suite; it goes with the run.
struct SharedCluster: SuiteTrait, TestScoping {
  @TaskLocal static var configuration: PostgresConfiguration?
  static let template = "template_ledger"

  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    let cluster = try await TestCluster.own(
      "quayside-ledger",
      settings: [
        "fsync": "off", "max_connections": "300", "shared_buffers": "64MB", "autovacuum": "off",
        // A commit waits for nobody, except where a test turns `synchronous_commit` on to be killed
        // in the middle of it.
        "synchronous_commit": "local", "synchronous_standby_names": "nobody",
      ])
    do {
      try await makeTemplate(cluster.configuration)
      try await Self.$configuration.withValue(cluster.configuration) { try await function() }
      await cluster.close()
    } catch {
      await cluster.close()
      throw error
    }
  }

  private func makeTemplate(_ configuration: PostgresConfiguration) async throws {
    let admin = try await PostgresConnection.open(configuration, deadline: LedgerTests.patience)
    try await admin.script("create database \(Self.template)", deadline: LedgerTests.patience)
    await admin.close()
    var template = configuration
    template.database = Self.template
    let connection = try await PostgresConnection.open(template, deadline: LedgerTests.patience)
    _ = try await LedgerSchema.migrator.migrate(on: connection)
    try await connection.script(Database.asking, deadline: LedgerTests.patience)
    await connection.close()
  }
}

extension Trait where Self == SharedCluster {
  static var sharedCluster: Self { Self() }
}
